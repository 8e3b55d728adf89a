/** Rate limits: on routes by the caller's network and account, on accounts and mailboxes by name, on API keys. */
import type { Caller } from '@countersign/core'
import type { Secret } from '@countersign/protocol'
import type { LimitPolicy } from '@countersign/verifier/guards'
import type { RateLimit } from '../config-kinds.ts'
import type { Services } from '../services.ts'
import { type Limited, tightest } from './limit-fields.ts'
import { countedNetworks, mailboxKey } from './limit-keys.ts'
import type { AnyRoute } from './route.ts'

/** How much more than a /64 a /48 may do: it may be an office with many people, or a mobile network. */
const WIDE_FACTOR = 10

/** By the caller's network; embedded apps that tell no address share one. */
export function limitRoute(services: Services, route: AnyRoute, address: string | null): Limited | null {
  if (route.limit === undefined) return null
  const limit = services.config.limits[route.limit]
  return limit === null ? null : takeByNetwork(services, { name: route.limit, ...limit }, address)
}

/** The narrow counter first: what it refuses does not use up what the neighbours share. */
function takeByNetwork(services: Services, policy: LimitPolicy, address: string | null): Limited {
  const { narrow, wide } = countedNetworks(address)
  const limited = take(services, `${policy.name} ${narrow}`, policy)
  if (wide === null || !limited.allowed) return limited
  const { name, points } = policy
  const widePolicy = { ...policy, name: `${name}_wide`, points: points * WIDE_FACTOR }
  return tightest(limited, take(services, `${name} ${wide}`, widePolicy))
}

/**
 * Passwords for one account are tried from many addresses: a second bucket per account. Whoever brings a device
 * cookie has one apart, or strangers could use up that of the owner; made-up cookies meet the waits that the store
 * keeps.
 */
export function limitAccount(services: Services, email: string, devices: readonly Secret[]): Limited | null {
  const key = mailboxKey(email, devices[0]?.reveal())
  return takeByName(services, 'sign_in_account', services.config.limits.sign_in_account, key)
}

/** Mail to one address, whoever asks for it and whether it is known: nobody's mailbox is to be filled from here. */
export function limitMail(services: Services, email: string): Limited | null {
  return takeByName(services, 'mail', services.config.rateLimitMail, mailboxKey(email))
}

/** The limit that was given to an API key, also for what was exchanged for it. */
export function limitApiKey(services: Services, caller: Caller): Limited | null {
  const { rateLimit, credential } = caller.verdict
  if (rateLimit === null) return null
  // One bucket for the key and all its tokens: otherwise each exchange would bring a fresh limit.
  const keyId = credential.path.find((node) => node.kind === 'api_key')?.id ?? credential.id
  const limit = { points: rateLimit.requests, perSeconds: rateLimit.perSeconds }
  return takeByName(services, 'api_key', limit, keyId)
}

function takeByName(services: Services, name: string, limit: RateLimit | null, key: string): Limited | null {
  return limit === null ? null : take(services, `${name} ${key}`, { name, ...limit })
}

function take(services: Services, key: string, policy: LimitPolicy): Limited {
  const verdict = services.limiter.take(key, policy)
  return { allowed: verdict.allowed, policy, verdict }
}
