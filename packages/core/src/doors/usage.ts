/** What verifiers report about the use of credentials, and who may read it. */
import { type ApiKeyId, isApiKeyId, isSessionId, type SessionId } from '@countersign/protocol'
import type { HourOfUse, HourPlace } from '../api-keys/usage.ts'
import type { Caller } from '../caller.ts'
import type { Context } from '../context.ts'
import { type Outcome, refuse } from '../outcome.ts'
import { mayReadApiKey } from './api-keys.ts'
import { audiencesOfAsker } from './verify.ts'

/** Uses of one credential on one route, as a verifier saw them. */
export interface Use {
  readonly credential:
    | { readonly kind: 'session'; readonly id: SessionId }
    | { readonly kind: 'api_key'; readonly id: ApiKeyId }
  readonly route: string
  readonly count: number
  readonly refused: number
  readonly lastAtMs: number
  readonly address: string | null
  /** What the program calls itself, without its version; null where it is not told. */
  readonly agent: string | null
}

/** A verifier hands its uses in every few seconds; what is older was held back by something that went wrong. */
const AGE_MS_MAX = 86_400_000

/**
 * The uses that this caller may report, with times that cannot lie in the future: they move idle deadlines.
 * A verifier has only ever seen credentials that are good at an audience it is bound to (design §3), so it may
 * speak about no others: otherwise it could keep alive, or blacken, what belongs elsewhere. Session tokens are
 * good at the first-party audiences, all alike, and need no look-up. An API key names its own; many are read
 * by one statement, and they are read and not remembered, since a report comes once in ten seconds and not
 * with every request. An access token is reported as what it hangs under, whose audiences contain its own.
 */
export async function acceptUses(
  context: Pick<Context, 'store' | 'policy'>,
  caller: Caller,
  reported: readonly Use[],
  nowMs: number,
): Promise<readonly Use[]> {
  const asker = await audiencesOfAsker(context, caller)
  const bound = asker.length > 0 ? asker : context.policy.audiences
  const isBoundTo = (audiences: readonly string[]): boolean =>
    (audiences.length > 0 ? audiences : context.policy.audiences).some((one) => bound.includes(one))
  const told = new Set(reported.flatMap(({ credential: { kind, id } }) => (kind === 'api_key' ? [id] : [])))
  // A key above an exchanged token may stand in it under a name of its client's sector.
  const behind = await context.store.resolveAliases([...told], null)
  const uses = reported.map((use) => ({ ...use, credential: nodeOf(use.credential, behind) }))
  const keys = new Set([...told].map((id) => behind.get(id) ?? id).filter(isApiKeyId))
  const audiencesOf = await context.store.readApiKeyAudiences([...keys])
  const isReportable = ({ credential: { kind, id } }: Use): boolean => {
    const audiences = kind === 'session' ? [] : audiencesOf.get(id)
    return audiences !== undefined && isBoundTo(audiences)
  }
  return uses
    .filter((use) => use.lastAtMs > nowMs - AGE_MS_MAX && isReportable(use))
    .map((use) => ({ ...use, lastAtMs: Math.min(use.lastAtMs, nowMs) }))
}

function nodeOf(credential: Use['credential'], behind: ReadonlyMap<string, string>): Use['credential'] {
  const id = behind.get(credential.id) ?? credential.id
  return toUsedCredential(credential.kind, id) ?? credential
}

/** A reported credential, or null where the id is none of its kind. */
export function toUsedCredential(kind: 'session' | 'api_key', id: string): Use['credential'] | null {
  if (kind === 'session') return isSessionId(id) ? { kind, id } : null
  return isApiKeyId(id) ? { kind, id } : null
}

/**
 * For whoever may read the key itself, and also after its end: what a stolen key did is asked once it has been
 * taken back.
 */
export async function listApiKeyUsage(
  context: Context,
  caller: Caller,
  id: ApiKeyId,
  after: HourPlace | null,
  limit: number,
): Promise<Outcome<{ hours: readonly HourOfUse[] }>> {
  const owner = (await context.store.readOwner({ kind: 'api_key', id }))?.owner ?? null
  if (owner === null || !mayReadApiKey(caller, id, owner)) return refuse('not_found')
  return { ok: true, hours: await context.store.listApiKeyUsage(id, after, limit) }
}
