/** What a check finds out about a credential, and how a refusal or an outage is told. */
import type { ActClaim, CredentialPath, Permission, PrincipalId, RefusalReason } from '@countersign/protocol'

/**
 * Verdicts are shared by all requests that present the same credential, so the checker's own are frozen
 * through and through: whoever could add a permission to one would add it for everybody.
 */
export interface Verdict {
  /** The log position at which it was decided; for an access token the one at which it was issued. */
  readonly position: number
  readonly principal: {
    readonly kind: 'account' | 'service_account'
    readonly id: PrincipalId
    readonly name: string | null
    readonly email: string | null
  }
  readonly credential: {
    readonly kind: 'session' | 'access_token' | 'api_key'
    readonly id: string
    readonly path: CredentialPath
    readonly expiresAtMs: number | null
    readonly amr: readonly string[]
    readonly acr: string | null
    readonly authTimeMs: number | null
    /** The key that each request has to be proven with (RFC 9449); absent where bearing the credential is enough. */
    readonly jkt?: string
    /** Who acts for the principal, where a service has exchanged the credential (RFC 8693 §4.1). */
    readonly actor?: ActClaim
  }
  readonly permissions: readonly Permission[]
  /** Empty means any. */
  readonly resources: readonly string[]
  readonly audiences: readonly string[]
  /** Addresses and CIDR blocks; empty means any. Compare with `isAddressAllowed` on every request. */
  readonly allowAddresses: readonly string[]
  readonly rateLimit: { readonly requests: number; readonly perSeconds: number } | null
  /** Until when it may be used from memory, in the authority's time. */
  readonly usableUntilMs: number
}

/** The authority's answer about an opaque credential. */
export type AskAnswer =
  | { readonly kind: 'active'; readonly verdict: Verdict }
  | {
      readonly kind: 'refused'
      readonly reason: RefusalReason
      /** Where the authority has noted its reason, if it keeps that to itself. */
      readonly decisionId?: string | undefined
    }

export type CheckResult = Accepted | Refused | Undecided

export interface Accepted {
  readonly ok: true
  readonly verdict: Verdict
}

/** The credential is bad: 401. The reason is for those allowed to read decisions, not for the caller. */
export interface Refused {
  readonly ok: false
  readonly code: 'invalid_credential'
  readonly reason: RefusalReason
  /** The authority's own, where it was the authority that refused and said so. */
  readonly decisionId?: string
}

/** It cannot be known whether the credential is good: 503. */
export interface Undecided {
  readonly ok: false
  readonly code: 'verifier_unavailable'
  readonly reason: 'no_lease' | 'authority_unreachable' | 'keys_unavailable'
}

export const toAccepted = (verdict: Verdict): Accepted => Object.freeze({ ok: true, verdict })

export const toRefused = (reason: RefusalReason, decisionId?: string): Refused => ({
  ok: false,
  code: 'invalid_credential',
  reason,
  ...(decisionId !== undefined && { decisionId }),
})

export const toUndecided = (reason: Undecided['reason']): Undecided => ({
  ok: false,
  code: 'verifier_unavailable',
  reason,
})
