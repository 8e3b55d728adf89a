/** Whether the sign-in behind a credential is recent and strong enough (RFC 9470). */
import type { Verified } from '../verifier-types.ts'

export interface StepUp {
  readonly maxAuthenticationAgeSeconds: number | null
  /** Empty for any. */
  readonly acr: readonly string[]
}

/**
 * What nobody knows counts as too old and too weak: an API key has no sign-in behind it. A sign-in of the near
 * future is one of now, by a clock that runs ahead of ours.
 */
export function isSignInEnough({ credential }: Verified, stepUp: StepUp, nowMs: () => number): boolean {
  const { acr, maxAuthenticationAgeSeconds } = stepUp
  if (acr.length > 0 && (credential.acr === null || !acr.includes(credential.acr))) return false
  if (maxAuthenticationAgeSeconds === null) return true
  const { authTimeMs } = credential
  return authTimeMs !== null && nowMs() - authTimeMs <= maxAuthenticationAgeSeconds * 1000
}

/** RFC 9470 §3: what the client has to ask for at the authorization server. */
export function toStepUpParameters({ acr, maxAuthenticationAgeSeconds }: StepUp): Record<string, string> {
  return {
    ...(acr.length > 0 && { acr_values: acr.join(' ') }),
    ...(maxAuthenticationAgeSeconds !== null && { max_age: String(maxAuthenticationAgeSeconds) }),
  }
}
