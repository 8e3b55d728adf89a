/** Rate limits on routes and on API keys, and the header fields that tell about them (RateLimit draft -10). */
import { createHash } from 'node:crypto'
import type { Caller } from '@countersign/core'
import type { Secret } from '@countersign/protocol'
import type { LimitPolicy, LimitVerdict } from '@countersign/verifier/guards'
import type { Services } from '../services.ts'
import type { AnyRoute } from './route.ts'

export interface Limited {
  readonly allowed: boolean
  readonly headers: Readonly<Record<string, string>>
}

/** One bucket per client address; embedded apps that tell no address share one. */
export function limitRoute(services: Services, route: AnyRoute, address: string | null): Limited | null {
  if (route.limit === undefined) return null
  const policy = services.config.limits[route.limit]
  if (policy === null) return null
  return take(services, `${route.limit} ${address ?? 'unknown'}`, { name: route.limit, ...policy })
}

/**
 * Passwords for one account are tried from many addresses: a second bucket per account. Whoever brings a device
 * cookie has one apart, or strangers could use up that of the owner; made-up cookies meet the waits that the store
 * keeps.
 */
export function limitAccount(services: Services, email: string, devices: readonly Secret[]): Limited | null {
  const policy = services.config.limits.sign_in_account
  if (policy === null) return null
  const key = keyOf(email, devices[0]?.reveal())
  return take(services, `account ${key}`, { name: 'sign_in_account', ...policy })
}

/** Mail to one address, whoever asks for it and whether it is known: nobody's mailbox is to be filled from here. */
export function limitMail(services: Services, email: string): Limited | null {
  const policy = services.config.rateLimitMail
  return policy === null ? null : take(services, `mail ${keyOf(email)}`, { name: 'mail', ...policy })
}

/** A hash, so that addresses of people are not kept in memory as they were typed. */
function keyOf(email: string, device = ''): string {
  const account = email.trim().normalize('NFC').toLowerCase()
  return createHash('sha256').update(`${device} ${account}`).digest('base64url')
}

/** The limit that was given to an API key, also for what was exchanged for it. */
export function limitApiKey(services: Services, caller: Caller): Limited | null {
  const { rateLimit, credential } = caller.verdict
  if (rateLimit === null) return null
  // One bucket for the key and all its tokens: otherwise each exchange would bring a fresh limit.
  const keyId = credential.path.find((node) => node.kind === 'api_key')?.id ?? credential.id
  const policy = { name: 'api_key', points: rateLimit.requests, perSeconds: rateLimit.perSeconds }
  return take(services, `key ${keyId}`, policy)
}

function take(services: Services, key: string, policy: LimitPolicy): Limited {
  const state = services.limiter.take(key, policy)
  return { allowed: state.allowed, headers: toHeaders(state, policy) }
}

function toHeaders(state: LimitVerdict, policy: LimitPolicy): Record<string, string> {
  const fields = {
    ratelimit: `"${policy.name}";r=${state.remaining};t=${state.resetSeconds}`,
    'ratelimit-policy': `"${policy.name}";q=${policy.points};w=${policy.perSeconds}`,
  }
  return state.allowed ? fields : { ...fields, 'retry-after': String(Math.max(1, state.resetSeconds)) }
}
