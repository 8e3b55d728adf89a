/** A second factor of an account, what is kept of it, and how it is proved. */
import type { AccountId, FactorId, RoleId } from '@countersign/protocol'
import type { Policy } from '../context.ts'

export interface Factor {
  readonly id: FactorId
  readonly accountId: AccountId
  readonly kind: 'totp'
  readonly name: string | null
  readonly createdAtMs: number
  readonly lastUsedAtMs: number | null
}

/** What a TOTP code is checked with. */
export interface TotpSeed {
  readonly id: FactorId
  /** Base32, sealed with the factor's id as context. */
  readonly sealedSeed: string
  /** The last time step whose code was used; it and the ones before are spent (RFC 6238 §5.2). */
  readonly lastStep: number
}

/** What a person can present. `password` steps up where an account has nothing stronger. */
export type FactorWay = 'totp' | 'recovery_code' | 'password'

/** What was proved, with all that the store needs to spend it. */
export type Proof =
  | { readonly kind: 'totp'; readonly id: FactorId; readonly step: number }
  | { readonly kind: 'recovery_code'; readonly number: number; readonly hash: string }
  | { readonly kind: 'password' }
  /** The first code of a factor that was offered with the ticket; its recovery codes are made with it. */
  | {
      readonly kind: 'enrolment'
      readonly id: FactorId
      readonly step: number
      readonly recoveryHashes: readonly string[]
    }

/** Codes that are lost, and phones that are old, pile up; nobody needs more. */
export const FACTORS_PER_ACCOUNT_MAX = 10
/** How long an offered factor waits for its first code. */
export const FACTOR_OFFER_SECONDS = 600
/** Consecutive failures, after which a factor is closed (NIST SP 800-63B-4 §3.2.2). */
export const FACTOR_FAILURES_MAX = 100

export function demandsFactor(policy: Policy, roles: readonly RoleId[]): boolean {
  return policy.mfa === 'required' || roles.some((role) => policy.mfaRoles.includes(role))
}
