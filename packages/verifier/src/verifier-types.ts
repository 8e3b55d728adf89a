/** What `createVerifier` takes and what its verifier gives: the public words of this room. */
import type { CredentialStyle, ErrorCode, Permission } from '@countersign/protocol'
import type { CheckerStats } from './checker.ts'
import type { CheckerBounds, CheckerClock } from './checker-options.ts'
import type { CredentialHeaders, CredentialSource } from './credential-of-request.ts'
import type { Verdict } from './verdict.ts'

export interface VerifierOptions {
  /** The issuer's URL, exactly as it stands in `iss`. */
  readonly issuer: string
  /** What this resource server is called. Credentials for nobody of this list are refused. */
  readonly audience: string | readonly string[]
  /** An API key of this resource server's service account: `credentials:verify` and `revocations:read`. */
  readonly key: string
  /** Where the authority answers, if not at the issuer's URL: an address inside the house, say. */
  readonly authorityUrl?: string
  /** How the authority's opaque credentials look; `cs` and `live` by default. */
  readonly credentialStyle?: CredentialStyle
  /** `__Host-countersign_session` by default. */
  readonly cookieName?: string
  /** The longest life of an access token at this authority. 3600 by default. */
  readonly lifetimeMaxSeconds?: number
  /** How far the clocks of two machines may differ: at most, and by default, 30 seconds. */
  readonly leewaySeconds?: number
  readonly bounds?: Partial<VerifierBounds>
  /** How proofs of possession are taken (RFC 9449). */
  readonly proofs?: ProofOptions
  /** HS256 keys as JWKs, which no public key set can carry. */
  readonly sharedKeys?: readonly object[]
  /** Told what an operator wants to know. Must not throw. */
  readonly onEvent?: (event: VerifierEvent) => void
  readonly fetch?: typeof globalThis.fetch
  readonly clock?: CheckerClock
  readonly timers?: Timers
}

export interface VerifierBounds extends CheckerBounds {
  /** Verdicts whose end is watched by somebody (`principal.ended`). */
  readonly watchedMax: number
  /** Used proofs that are remembered. Where more come within a minute, older ones are refused sooner. */
  readonly usedProofsMax: number
}

export interface ProofOptions {
  /**
   * True for the first use of a proof, false for any later one, until that time; for several processes behind one
   * name. Each process remembers for itself unless this is given, so that another one would take a proof once more.
   */
  readonly useOnce?: (proof: string, expiresAtMs: number) => boolean | Promise<boolean>
  /** Base64url of 32 random bytes or more, the same for all processes. Where it is given, proofs need a nonce (§9). */
  readonly nonceKey?: string
}

export interface Timers {
  /** Runs once after so many milliseconds, unless the returned function was called before. */
  set(ms: number, run: () => void): () => void
}

export interface Verifier {
  /** The issuer, the audiences and the cookie's name, for whoever has to name them to a caller. */
  readonly issuer: string
  readonly audiences: readonly string[]
  readonly cookieName: string
  /**
   * Finds out whether a credential is good: at once where memory or a synchronous signature check is enough.
   * What it does not check: where the credential stood, the caller's address, permissions, the rate limit. An access
   * token that is bound to a key is refused: only `authenticate` sees the proof.
   */
  verify(credential: string, options?: VerifyOptions): VerifyResult | Promise<VerifyResult>
  /**
   * The same for the one credential of a request, with its place and the caller's address.
   * What it does not check: permissions, CSRF, the rate limit. Guards do.
   */
  authenticate(
    request: CredentialHeaders | Request,
    options?: AuthenticateOptions,
  ): AuthenticateResult | Promise<AuthenticateResult>
  /**
   * The warm part of `authenticate` for guards: what was found for exactly this header value before, while it
   * may be used and needs no look at the caller's address. Null says nothing: call `authenticate` then. Only
   * for a request that has no other credential header than this one: `Authorization`, `X-API-Key`, or neither
   * of them and a cookie. The route's name is for usage reports.
   */
  recall(from: CredentialSource, rawHeader: string, route?: string): Recalled | null
  /**
   * Makes a refusal of a guard's own (a missing permission, a rate limit) and reports it to the authority like
   * the others, so that its decision id can be looked up.
   */
  deny(code: ErrorCode, facts?: DenialFacts): Denied
  /**
   * Resolves when the first lease is there and the keys have been fetched; rejects when the feed has refused
   * the API key, or the verifier was closed before.
   */
  ready(): Promise<void>
  /** Stops following the feed, hands in the last usage report, and refuses every check from now on. */
  close(): Promise<void>
  stats(): VerifierStats
}

/**
 * How fresh the answer has to be. `lease`: from memory while the lease holds. `online`: the authority is asked
 * every time. `signature`: access tokens by their signature and times alone, whether or not anything was
 * revoked; every other credential as with `lease`.
 */
export type Freshness = 'lease' | 'online' | 'signature'

export interface VerifyOptions {
  readonly freshness?: Freshness
  /** The route's name, for usage reports. */
  readonly route?: string
}

export interface AuthenticateOptions extends VerifyOptions {
  /** The caller's true address; null or absent when it is not known, which no address list holds. */
  readonly address?: string | null
  /**
   * The request's method and its address, in each way in which callers may know it, for proofs of possession. From the
   * request itself where a `Request` is given; where only headers are, and neither is said, no proof can be good.
   */
  readonly method?: string
  readonly urls?: readonly string[]
  /** The header `User-Agent`: reports about API keys carry the program's name. Read off a `Request` by itself. */
  readonly userAgent?: string | null
}

/** The raw headers of a request that can carry a credential. */
export type RequestParts = CredentialHeaders

export type VerifyResult = Verified | Denied
export type AuthenticateResult = Authenticated | Denied

/** Made once for each verdict in memory, frozen, and shared by all requests that present the credential. */
export interface Verified {
  readonly ok: true
  readonly principal: Principal
  readonly credential: Verdict['credential']
  readonly permissions: readonly Permission[]
  /** Empty means any. */
  readonly resources: readonly string[]
  readonly audiences: readonly string[]
  /** Addresses and CIDR blocks; empty means any. `authenticate` has compared them, `verify` has not. */
  readonly allowAddresses: readonly string[]
  readonly rateLimit: Verdict['rateLimit']
  /** The log position at which it was decided. */
  readonly position: number
}

export interface Authenticated extends Verified {
  /** Where the credential stood; one that came by cookie needs a look at where the request came from. */
  readonly from: CredentialSource
}

/**
 * What memory vouches for, with room for what guards have worked out about it. A new verdict, or another header,
 * begins with empty room.
 */
export interface Recalled {
  readonly authenticated: Authenticated
  /** The same as in `authenticated`. */
  readonly from: CredentialSource
  /** A bit for each route that lets it in whatever the request: nothing that it asks for can change by then. */
  admittedBy: number
  /** The same, but for the credential's own limit, which counts every use. */
  countedBy: number
  /** Where these uses are counted. */
  counter: object | null
}

export interface Principal {
  readonly kind: 'account' | 'service_account'
  readonly id: string
  /**
   * Aborts when the credential is good no longer: revoked, expired, or not to be known since the lease has
   * lapsed. For closing sockets and streams. Made when it is first read.
   */
  readonly ended: AbortSignal
}

export interface Denied {
  readonly ok: false
  readonly code: ErrorCode
  /** Finds the full reason at the authority, for those allowed to read it. */
  readonly decisionId: string
  /** Where the refused credential stood; null where there was none, or none that counts. */
  readonly from: CredentialSource | null
  /** What the next proof has to carry: for the field `DPoP-Nonce`. */
  readonly nonce?: string
}

export interface DenialFacts {
  readonly verified?: Verified
  readonly from?: CredentialSource | null
  /** In a few constant words, for those allowed to read decisions. Never anything that the caller sent. */
  readonly reason?: string
  readonly route?: string
  readonly address?: string | null
}

export type VerifierEvent =
  /** From now on every check is 503, until `lease_regained`. */
  | { readonly kind: 'lease_lost' }
  | { readonly kind: 'lease_regained'; readonly epoch: string; readonly position: number }
  /** The feed does not take our API key. The lease has ended. */
  | { readonly kind: 'feed_refused'; readonly status: number }
  /** The authority's log is shorter than what was applied of it: an old backup. No lease until a new epoch. */
  | { readonly kind: 'log_went_backwards'; readonly epoch: string; readonly position: number }
  | { readonly kind: 'epoch_changed'; readonly epoch: string }
  /** A call to the authority failed; told once, until that kind of call has worked again. */
  | { readonly kind: 'call_failed'; readonly call: AuthorityCall; readonly problem: string }
  | { readonly kind: 'call_works'; readonly call: AuthorityCall }

export type AuthorityCall = 'feed' | 'keys' | 'verify' | 'usage'

export interface VerifierStats extends CheckerStats {
  /** What this process is called in its polls. */
  readonly verifierId: string
  readonly watched: number
  /** Uses and refusals that wait for the next report. */
  readonly reportsWaiting: number
}
