/** A second factor of an account, what is kept of it, and how it is proved. */
import type { AccountId, AssuranceLevel, FactorId, RoleId } from '@countersign/protocol'
import type { Policy } from '../context.ts'
import { levelFor } from './assurance.ts'
import type { NewPasskey, PasskeyUse, SpentChallenge } from './passkey.ts'

export type FactorKind = 'totp' | 'passkey'

export interface Factor {
  readonly id: FactorId
  readonly accountId: AccountId
  readonly kind: FactorKind
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
export type FactorWay = FactorKind | 'recovery_code' | 'password'

/** What was proved, with all that the store needs to spend it. */
export type Proof =
  | { readonly kind: 'totp'; readonly id: FactorId; readonly step: number }
  | { readonly kind: 'recovery_code'; readonly number: number; readonly hash: string }
  | { readonly kind: 'password' }
  | { readonly kind: 'passkey'; readonly use: PasskeyUse }
  /** The first code of a factor that was offered with the ticket; its recovery codes are made with it. */
  | {
      readonly kind: 'enrolment'
      readonly id: FactorId
      readonly step: number
      readonly recoveryHashes: readonly string[]
    }
  /** The same with a passkey that was made for the ticket. */
  | {
      readonly kind: 'passkey_enrolment'
      readonly factor: Factor
      readonly passkey: NewPasskey
      readonly challenge: SpentChallenge
      /** The account has others, one of which was presented: they stay, and so do the recovery codes. */
      readonly besideOthers: boolean
      readonly recoveryHashes: readonly string[]
    }

/** The strongest first: a passkey cannot be given away to a page that only looks like this service. */
export const FACTOR_KINDS: readonly FactorKind[] = ['passkey', 'totp']
/** Codes that are lost, and phones that are old, pile up; nobody needs more. */
export const FACTORS_PER_ACCOUNT_MAX = 10
/** How long an offered factor waits for its first code. */
export const FACTOR_OFFER_SECONDS = 600
/** Consecutive failures, after which a factor is closed (NIST SP 800-63B-4 §3.2.2). */
export const FACTOR_FAILURES_MAX = 100

/** What an account with these factors can present after its password, or to step up. */
export function waysOf(
  factors: readonly { readonly kind: FactorKind }[],
  recoveryCodesLeft: number,
): readonly FactorWay[] {
  const kinds = FACTOR_KINDS.filter((kind) => factors.some((factor) => factor.kind === kind))
  return kinds.length > 0 && recoveryCodesLeft > 0 ? [...kinds, 'recovery_code'] : kinds
}

/** `level`: what has to be reached for whatever other reason. */
export function demandsFactor(
  policy: Policy,
  roles: readonly RoleId[],
  level: AssuranceLevel | null = levelFor(policy.assurance, roles, null),
): boolean {
  if (policy.mfa === 'required' || level === 'aal2' || level === 'aal3') return true
  return roles.some((role) => policy.mfaRoles.includes(role))
}
