/**
 * What every guard does with a request, whichever framework brings it: one look into memory for a credential
 * that was seen before, the whole way for any other, then whatever the route asks for.
 */
import { allows, allowsAll, type ErrorCode, type Permission } from '@countersign/protocol'
import type { Authenticated, Denied, Recalled, Verifier } from '../verifier-types.ts'
import { isQuotable, isScope, toChallenge } from './challenge.ts'
import { type ConnectionReader, createConnectionReader } from './connection.ts'
import type { GuardOptions, Outcome, Refusal, Requirements } from './guard-types.ts'
import { hintOf, isOnThisMachine } from './hints.ts'
import { type Bucket, bucketOf, createMemoryLimiter, KeptCounters, toLimitFields } from './limits.ts'
import { type Metadata, toMetadata } from './metadata.ts'
import type { RateLimiter, RateVerdict } from './rate-limiter.ts'
import { findCredential, readCredentialHeaders, readHeader, sourceAt } from './raw-headers.ts'
import { toRefusal } from './refusal.ts'
import { isSafe, judgeOrigin, type OriginPolicy, toOrigins } from './same-origin.ts'
import { isSignInEnough, type StepUp, toStepUpParameters } from './step-up.ts'
import type { Wire } from './wire.ts'

/** What is worked out once for all routes of an API. */
interface Shared<Req, Res> {
  readonly verifier: Verifier
  readonly wire: Wire<Req, Res>
  readonly options: GuardOptions<Req>
  readonly connections: ConnectionReader<Req>
  readonly limiter: RateLimiter
  /** Null where somebody else counts, or where every answer tells the count. */
  readonly kept: KeptCounters | null
  readonly tellsAlways: boolean
  readonly realm: string
  readonly metadata: Metadata | null
  readonly originPolicy: OriginPolicy
  /** Without a slash at the end. */
  readonly publicUrls: readonly string[]
  readonly givesHints: boolean
  readonly nowMs: () => number
}

export interface GuardCore<Req, Res> {
  readonly metadata: Metadata | null
  route(requirements: Requirements<Req>): RouteGuard<Req, Res>
}

/** Throws a `RangeError` for settings that cannot be meant. */
export function createGuardCore<Req, Res>(
  verifier: Verifier,
  wire: Wire<Req, Res>,
  options: GuardOptions<Req>,
): GuardCore<Req, Res> {
  const metadata = toMetadata(verifier, options)
  const { realm = 'countersign', origins, allowedOrigins = [], limitFields = 'refused' } = options
  if (!isQuotable(realm)) throw new RangeError('A realm has no quotes and no backslashes.')
  const givesHints = options.hints === 'development'
  if (givesHints && !isOnThisMachine(verifier.issuer)) {
    throw new RangeError('Hints are for an issuer on this machine alone.')
  }
  const own = origins ?? (metadata === null ? [] : [new URL(metadata.url).origin])
  const memory = createMemoryLimiter()
  const { limiter = memory } = options
  const shared: Shared<Req, Res> = {
    verifier,
    wire,
    options,
    connections: createConnectionReader(wire, options),
    limiter,
    kept: limiter === memory && limitFields === 'refused' ? new KeptCounters(memory) : null,
    tellsAlways: limitFields === 'always',
    realm,
    metadata,
    originPolicy: { origins: toOrigins(own), allowedOrigins: toOrigins(allowedOrigins) },
    publicUrls: toPublicUrls(options.publicUrls ?? own),
    givesHints,
    nowMs: options.nowMs ?? Date.now,
  }
  return { metadata, route: (requirements) => new RouteGuard(shared, requirements) }
}

export class RouteGuard<Req, Res> {
  readonly #shared: Shared<Req, Res>
  readonly #requirements: Requirements<Req>
  readonly #permissions: readonly Permission[]
  readonly #scope: string
  readonly #stepUp: StepUp
  readonly #needsStepUp: boolean
  readonly #mayRecall: boolean
  readonly #closes: boolean
  /** Its own in `Recalled`; 0 where every request is looked at. */
  readonly #bit: number

  constructor(shared: Shared<Req, Res>, requirements: Requirements<Req>) {
    const { permissions = [], acr = [], maxAuthenticationAgeSeconds = null, freshness } = requirements
    const scope = requirements.scope ?? permissions.join(' ')
    if (scope !== '' && !isScope(scope)) throw new RangeError('A scope is words with single spaces between.')
    if (!acr.every(isScope) || acr.some((value) => value.includes(' '))) {
      throw new RangeError('An ACR value has no spaces, quotes or backslashes.')
    }
    this.#shared = shared
    this.#requirements = requirements
    this.#permissions = permissions
    this.#scope = scope
    this.#stepUp = { acr, maxAuthenticationAgeSeconds }
    this.#needsStepUp = acr.length > 0 || maxAuthenticationAgeSeconds !== null
    this.#mayRecall = freshness !== 'online'
    this.#closes = requirements.closeWhenEnded === true
    this.#bit = this.#closes || maxAuthenticationAgeSeconds !== null ? 0 : toBit(shared.verifier)
  }

  /** Whether the request may pass: at once for a credential that was seen before, unless a port has to be asked. */
  check(request: Req, response: Res): Outcome | Promise<Outcome> {
    const { wire, verifier, connections } = this.#shared
    if (!connections.isSecure(request)) return this.#deny('https_required', 'plain_http', request)
    if (this.#mayRecall) {
      const raw = wire.rawHeaders(request)
      const at = findCredential(raw)
      const known =
        at === 0 ? null : verifier.recall(sourceAt(raw, at), raw[at] ?? '', this.#requirements.route)
      if (known !== null) return this.#admitKnown(known, request, response)
    }
    return this.#authenticate(request, response)
  }

  /** What was found out about an earlier request with this credential is not found out again. */
  #admitKnown(known: Recalled, request: Req, response: Res): Outcome | Promise<Outcome> {
    if ((known.admittedBy & this.#bit) !== 0) return known.authenticated
    if ((known.countedBy & this.#bit) !== 0 && this.#shared.kept?.take(known)) return known.authenticated
    const outcome = this.#admit(known.authenticated, request, response)
    if (!(outcome instanceof Promise) && outcome.ok) this.#note(known)
    return outcome
  }

  /** Only what depends on the credential and on nothing of the request or the moment. */
  #note(known: Recalled): void {
    const { authenticated, from } = known
    if (from === 'cookie' || authenticated.resources.length > 0) return
    const bucket = bucketOf(authenticated)
    if (bucket === null) known.admittedBy |= this.#bit
    else if (this.#shared.kept !== null) {
      this.#shared.kept.keep(known, bucket)
      known.countedBy |= this.#bit
    }
  }

  #authenticate(request: Req, response: Res): Outcome | Promise<Outcome> {
    const { verifier, wire, connections } = this.#shared
    const { freshness, route } = this.#requirements
    const raw = wire.rawHeaders(request)
    const headers = readCredentialHeaders(raw)
    const found = verifier.authenticate(headers, {
      address: connections.addressOf(request),
      userAgent: readHeader(raw, 'user-agent'),
      ...(headers.dpop !== null && this.#asked(request)),
      ...(freshness !== undefined && { freshness }),
      ...(route !== undefined && { route }),
    })
    return found instanceof Promise
      ? found.then((result) => this.#conclude(result, request, response))
      : this.#conclude(found, request, response)
  }

  /** What a proof has to have been made for. */
  #asked(request: Req): { readonly method: string; readonly urls: readonly string[] } {
    const { wire, publicUrls } = this.#shared
    const path = wire.path(request)
    const bases =
      publicUrls.length > 0 ? publicUrls : toLocalBase(readHeader(wire.rawHeaders(request), 'host'))
    return { method: wire.method(request), urls: bases.map((base) => base + path) }
  }

  #conclude(found: Authenticated | Denied, request: Req, response: Res): Outcome | Promise<Outcome> {
    return found.ok ? this.#admit(found, request, response) : this.#refuse(found, request)
  }

  /** Everything that is asked of a caller who is known. */
  #admit(caller: Authenticated, request: Req, response: Res): Outcome | Promise<Outcome> {
    if (caller.from === 'cookie') {
      const isOurs = this.#isOurs(caller, request)
      if (isOurs instanceof Promise) {
        return isOurs.then((ours) =>
          ours ? this.#grant(caller, request, response) : this.#denyCsrf(request, caller),
        )
      }
      if (!isOurs) return this.#denyCsrf(request, caller)
    }
    return this.#grant(caller, request, response)
  }

  /** A state-changing request by cookie must come from our own pages: another site's can make a browser send one. */
  #isOurs(caller: Authenticated, request: Req): boolean | Promise<boolean> {
    const { wire, originPolicy, options } = this.#shared
    const raw = wire.rawHeaders(request)
    if (isSafe(wire.method(request), raw)) return true
    const verdict = judgeOrigin(raw, originPolicy)
    if (verdict !== 'unknown') return verdict === 'trusted'
    const token = readHeader(raw, 'x-csrf-token')
    return token !== null && (options.isCsrfToken?.(token, caller) ?? false)
  }

  #grant(caller: Authenticated, request: Req, response: Res): Outcome | Promise<Outcome> {
    if (!holdsAll(caller.permissions, this.#permissions)) {
      return this.#deny('permission_denied', 'permission', request, caller)
    }
    if (this.#needsStepUp && !isSignInEnough(caller, this.#stepUp, this.#shared.nowMs)) {
      return this.#deny('insufficient_user_authentication', 'step_up', request, caller)
    }
    if (caller.resources.length > 0 && !this.#mayTouch(caller, request)) {
      return this.#deny('permission_denied', 'resource', request, caller)
    }
    if (caller.rateLimit === null) return this.#pass(caller, response)
    return this.#count(caller, request, response)
  }

  #count(caller: Authenticated, request: Req, response: Res): Outcome | Promise<Outcome> {
    const bucket = bucketOf(caller)
    if (bucket === null) return this.#pass(caller, response)
    const { limiter } = this.#shared
    const state = limiter.take(bucket.key, bucket.policy)
    if (state instanceof Promise) {
      return state.then((taken) => this.#limit(caller, bucket, taken, request, response))
    }
    return this.#limit(caller, bucket, state, request, response)
  }

  #mayTouch({ resources }: Authenticated, request: Req): boolean {
    const touched = this.#requirements.resource?.(request) ?? []
    const named = typeof touched === 'string' ? [touched] : touched
    return named.length > 0 && named.every((resource) => resources.includes(resource))
  }

  #limit(caller: Authenticated, bucket: Bucket, state: RateVerdict, request: Req, response: Res): Outcome {
    const { tellsAlways, wire } = this.#shared
    if (!state.allowed) {
      const fields = { ...toLimitFields(bucket, state), 'retry-after': String(state.resetSeconds) }
      return this.#deny('rate_limited', 'rate', request, caller, fields)
    }
    if (tellsAlways) {
      for (const [name, value] of Object.entries(toLimitFields(bucket, state))) {
        wire.setField(response, name, value)
      }
    }
    return this.#pass(caller, response)
  }

  #pass(caller: Authenticated, response: Res): Outcome {
    if (this.#closes) this.#shared.wire.closeOn(caller.principal.ended, response)
    return caller
  }

  #denyCsrf(request: Req, caller: Authenticated): Refusal {
    return this.#deny('csrf_refused', 'cross_site', request, caller)
  }

  /** A refusal of the guard's own; the verifier reports it like the others. */
  #deny(
    code: ErrorCode,
    reason: string,
    request: Req,
    verified?: Authenticated,
    fields?: Readonly<Record<string, string>>,
  ): Refusal {
    const { verifier, connections } = this.#shared
    const { route } = this.#requirements
    const denied = verifier.deny(code, {
      reason,
      address: connections.addressOf(request),
      ...(verified !== undefined && { verified, from: verified.from }),
      ...(route !== undefined && { route }),
    })
    return this.#refuse(denied, request, fields)
  }

  #refuse(denied: Denied, request: Req, fields?: Readonly<Record<string, string>>): Refusal {
    const { verifier, realm, metadata, givesHints } = this.#shared
    const challenge = toChallenge(denied.code, {
      realm,
      scope: this.#scope,
      metadataUrl: metadata?.url ?? null,
      stepUp: toStepUpParameters(this.#stepUp),
    })
    const nonce = denied.nonce === undefined ? {} : { 'dpop-nonce': denied.nonce }
    const hint = givesHints ? this.#hint(denied, request) : null
    return toRefusal(verifier.issuer, denied, challenge, { ...nonce, ...fields }, hint)
  }

  #hint(denied: Denied, request: Req): string | null {
    const { verifier, wire, connections } = this.#shared
    return hintOf(denied, {
      raw: wire.rawHeaders(request),
      address: connections.addressOf(request),
      cookieName: verifier.cookieName,
      permissions: this.#permissions,
    })
  }
}

function toPublicUrls(urls: readonly string[]): readonly string[] {
  if (!urls.every((url) => /^https?:\/\/[^/?#@]+(?:\/[^?#]*)?$/.test(url) && URL.canParse(url))) {
    throw new RangeError('A public URL is http or https, without user name, query and fragment.')
  }
  return urls.map((url) => url.replace(/\/+$/, ''))
}

/** Where nothing is configured, somebody is developing: then the machine itself is the only place there is. */
function toLocalBase(host: string | null): readonly string[] {
  return host !== null && /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/.test(host)
    ? [`http://${host}`, `https://${host}`]
    : []
}

/** How many routes each verifier has given a bit to. */
const bits = new WeakMap<Verifier, number>()
/** As many as fit a small whole number of every engine. */
const BITS_MAX = 30

/** Routes beyond the last bit look at every request. */
function toBit(verifier: Verifier): number {
  const given = bits.get(verifier) ?? 0
  if (given === BITS_MAX) return 0
  bits.set(verifier, given + 1)
  return 1 << given
}

/** Most routes ask for one permission, and most callers hold it by its own name. */
function holdsAll(held: readonly Permission[], needed: readonly Permission[]): boolean {
  const [first] = needed
  if (first === undefined) return true
  return needed.length === 1 ? held.includes(first) || allows(held, first) : allowsAll(held, needed)
}
