/** Rate limits: on routes by the caller's network and principal, on accounts, mailboxes and clients by name, on API keys. */
import type { Caller } from '@countersign/core'
import type { Secret } from '@countersign/protocol'
import type { LimitPolicy } from '@countersign/verifier/guards'
import { after } from '../adapters/counters.ts'
import type { RateLimit } from '../config-kinds.ts'
import type { Services } from '../services.ts'
import { type Limited, tightest } from './limit-fields.ts'
import { countedNetworks, mailboxKey } from './limit-keys.ts'
import type { AnyRoute } from './route.ts'

/** Null where nothing is limited; a promise where nodes share their counters. */
export type Asked = Limited | null | Promise<Limited | null>

/** How much more than a /64 a /48 may do: it may be an office with many people, or a mobile network. */
const WIDE_FACTOR = 10

/** By the caller's network; embedded apps that tell no address share one. */
export function limitRoute(services: Services, route: AnyRoute, address: string | null): Asked {
  if (route.limit === undefined) return null
  const limit = services.config.limits[route.limit]
  return limit === null ? null : takeByNetwork(services, { name: route.limit, ...limit }, address)
}

/**
 * For those in a network that is over its limit who bring a device cookie: as many again, so that one caller cannot
 * keep all the others of a network out. Whether an account knows the device is seen before anything is compared.
 */
export function limitDevices(services: Services, address: string | null): Asked {
  const limit = services.config.limits.sign_in
  return limit === null ? null : takeByNetwork(services, { name: 'sign_in_device', ...limit }, address)
}

/** The narrow counter first: what it refuses does not use up what the neighbours share. */
function takeByNetwork(
  services: Services,
  policy: LimitPolicy,
  address: string | null,
): Limited | Promise<Limited> {
  const { name, points } = policy
  const { narrow, wide } = countedNetworks(address)
  return after(take(services, `${name} ${narrow}`, policy), (limited) => {
    if (wide === null || !limited.allowed) return limited
    const widePolicy = { ...policy, name: `${name}_wide`, points: points * WIDE_FACTOR }
    return after(take(services, `${name} ${wide}`, widePolicy), (wider) => tightest(limited, wider))
  })
}

/**
 * Passwords for one account are tried from many addresses: a second bucket per account. Whoever brings a device
 * cookie has one apart, or strangers could use up that of the owner; made-up cookies meet the waits that the store
 * keeps.
 */
export function limitAccount(services: Services, email: string, devices: readonly Secret[]): Asked {
  const key = mailboxKey(email, devices[0]?.reveal())
  return takeByName(services, 'sign_in_account', services.config.limits.sign_in_account, key)
}

/** Mail to one address, whoever asks for it and whether it is known: nobody's mailbox is to be filled from here. */
export function limitMail(services: Services, email: string): Asked {
  return takeByName(services, 'mail', services.config.rateLimitMail, mailboxKey(email))
}

/** RFC 8628 §5.1: codes of devices that one account types; ten tries against 34.5 bits. */
const USER_CODES: RateLimit = { points: 10, perSeconds: 600 }

export function limitUserCode(services: Services, account: string): Asked {
  return takeByName(services, 'user_code', USER_CODES, account)
}

/** Where secrets are tried, how often whoever is signed in may try; and the limit that was given to an API key. */
export function limitCaller(services: Services, route: AnyRoute, caller: Caller): Asked {
  return after(limitTries(services, route, caller), (tries) => {
    if (tries?.allowed === false) return tries
    return after(limitApiKey(services, caller), (key) => (key === null ? tries : tightest(tries, key)))
  })
}

/** A stolen session is no way to try from many networks. */
function limitTries(services: Services, { limit }: AnyRoute, { verdict }: Caller): Asked {
  if (limit !== 'sign_in' && limit !== 'factor') return null
  return takeByName(
    services,
    `${limit}_account`,
    services.config.limits.sign_in_account,
    verdict.principal.id,
  )
}

function limitApiKey(services: Services, { verdict }: Caller): Asked {
  const { rateLimit, credential } = verdict
  if (rateLimit === null) return null
  // One bucket for the key and all its tokens: otherwise each exchange would bring a fresh limit.
  const keyId = credential.path.find((node) => node.kind === 'api_key')?.id ?? credential.id
  const limit = { points: rateLimit.requests, perSeconds: rateLimit.perSeconds }
  return takeByName(services, 'api_key', limit, keyId)
}

/**
 * Failures to prove that one is a client, from one network: nobody can use them up for the client itself, which is
 * elsewhere. A cost of 0 asks whether there may be another try, 1 counts a failure.
 */
export function limitClient(services: Services, id: string, address: string | null, cost: 0 | 1): Asked {
  const limit = services.config.limits.client
  const key = `${id} ${countedNetworks(address).narrow}`
  return after(takeByName(services, 'client', limit, key, cost), (limited) => {
    if (limited === null || cost === 1) return limited
    return { ...limited, allowed: limited.verdict.remaining > 0 }
  })
}

function takeByName(
  services: Services,
  name: string,
  limit: RateLimit | null,
  key: string,
  cost?: number,
): Asked {
  return limit === null ? null : take(services, `${name} ${key}`, { name, ...limit }, cost)
}

function take(
  services: Services,
  key: string,
  policy: LimitPolicy,
  cost?: number,
): Limited | Promise<Limited> {
  return after(services.limiter.take(key, policy, cost), (verdict) => {
    return { allowed: verdict.allowed, policy, verdict }
  })
}
