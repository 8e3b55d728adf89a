/** What guards are built from and what they give: the public words that all frameworks share. */
import type { ErrorCode, Permission } from '@countersign/protocol'
import type { Authenticated, Freshness } from '../verifier-types.ts'
import type { ProxyTrust } from './client-address.ts'
import type { RateLimiter } from './rate-limiter.ts'

/** What handlers learn about whoever called: `principal`, `credential` and `permissions`. */
export type Caller = Pick<Authenticated, 'principal' | 'credential' | 'permissions'>

/** What holds for all routes of an API. `Req` is the framework's own request. */
export interface GuardOptions<Req> {
  /**
   * What this API is called (RFC 9728 §1.2), an `https` URL without a fragment: for the metadata document and the
   * challenges that lead there. The verifier's first audience where that is a URL; null for no metadata.
   */
  readonly resource?: string | null
  /** Told in the metadata document: what the API is called for people, where it is described, its scopes. */
  readonly resourceName?: string
  readonly resourceDocumentation?: string
  readonly scopesSupported?: readonly string[]
  /** In every challenge. `countersign` by default. */
  readonly realm?: string
  /**
   * Where this API's own pages come from, as `https://gym.example.com`. Cookies are believed in requests that
   * change something only from there. The origin of `resource` by default.
   */
  readonly origins?: readonly string[]
  /**
   * Where callers reach this API, for proofs of possession (RFC 9449): origins, each with the path that a proxy takes
   * away, such as `https://api.example.com/v1`. `origins` by default; where there are none, only this machine itself.
   * What a request says in `Host` is not believed: another server, to which a proof was sent, could send it on.
   */
  readonly publicUrls?: readonly string[]
  /** Other origins whose pages may act for a cookie's session. Name only what you would run yourself. */
  readonly allowedOrigins?: readonly string[]
  /**
   * Finds out whether `X-CSRF-Token` belongs to the session, for callers that send neither Fetch Metadata nor
   * Origin. Without it they are refused.
   */
  readonly isCsrfToken?: (token: string, caller: Authenticated) => boolean | Promise<boolean>
  /** Addresses and CIDR blocks of your own proxies. Nobody else is believed who a request comes from. */
  readonly trustedProxies?: ProxyTrust['trustedProxies']
  /** The header that your proxies set. `x-forwarded-for` by default. */
  readonly proxyHeader?: ProxyTrust['header']
  /** Where no socket can be seen: the caller's address as the platform tells it. */
  readonly addressOf?: (request: Req) => string | null
  /**
   * A credential that crossed a network in the clear belongs to whoever listened. `loopback` answers plain HTTP
   * only to the machine itself, and where a trusted proxy says that the caller spoke TLS.
   */
  readonly plainHttp?: 'loopback' | 'dangerously-anywhere'
  /** Counts for the limits that API keys bring along. In this process's memory by default. */
  readonly limiter?: RateLimiter
  /**
   * When answers tell how much is left of a limit: once it has been used up, or always, which costs about a
   * microsecond for every answer to a limited key.
   */
  readonly limitFields?: 'refused' | 'always'
  /**
   * `development`: refusals say why, as `hint`, to requests from this very machine. Only taken where the issuer is on
   * this machine too. `off` by default: a refused caller is told nothing.
   */
  readonly hints?: 'off' | 'development'
  /** Wall clock, milliseconds since 1970, for the age of a sign-in. */
  readonly nowMs?: () => number
}

/** What one route asks for. All of it must hold. */
export interface Requirements<Req> {
  readonly permissions?: readonly Permission[]
  /** Named in challenges. The permissions by default. */
  readonly scope?: string
  readonly freshness?: Freshness
  /** How long ago the person may have signed in. Refused with RFC 9470's challenge. */
  readonly maxAuthenticationAgeSeconds?: number
  /** Of these Authentication Context Class References one must be that of the sign-in (RFC 9470). */
  readonly acr?: readonly string[]
  /**
   * What the request wants to touch. A credential that is bound to resources is let in when all of these are
   * among them, letter by letter, and not at all where null is returned or nothing is named.
   */
  readonly resource?: (request: Req) => string | readonly string[] | null
  /** The route's name, for usage reports. */
  readonly route?: string
  /** Cuts the connection when the credential is good no longer: for streams and long polls. */
  readonly closeWhenEnded?: boolean
}

/** A refused request, ready to be sent. */
export interface Refusal {
  readonly ok: false
  readonly code: ErrorCode
  readonly decisionId: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** A problem document (RFC 9457). */
  readonly body: string
}

export type Outcome = Authenticated | Refusal
