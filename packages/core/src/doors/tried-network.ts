/** The network that somebody tries passwords from, as it is counted: for accounts tried there in vain. */
import { Secret } from '@countersign/protocol'
import type { Context, RequestFacts } from '../context.ts'
import type { TriedNetwork } from '../devices-port.ts'
import { NETWORK_WAITS, NETWORK_WINDOW_MS } from '../passwords/waits.ts'
import { toNetwork } from '../risk/network.ts'

export interface Digesting {
  readonly secrets: Pick<Context['secrets'], 'digest'>
}

export function triedNetwork(
  context: Pick<Context, 'policy'> & Digesting,
  { address, nowMs }: Pick<RequestFacts, 'address' | 'nowMs'>,
): TriedNetwork | null {
  const digest = networkDigest(context, address)
  if (digest === null) return null
  const rules = { ...NETWORK_WAITS, freeFailures: context.policy.signInNetworkFailures }
  return { digest, sinceMs: nowMs - (nowMs % NETWORK_WINDOW_MS), windowMs: NETWORK_WINDOW_MS, rules }
}

/** Null where nobody knows the address. The database is told a keyed digest: it holds no list of who came from where. */
export function networkDigest({ secrets }: Digesting, address: string | null): string | null {
  const network = toNetwork(address)
  return network === null ? null : secrets.digest(new Secret(`network ${network}`))
}
