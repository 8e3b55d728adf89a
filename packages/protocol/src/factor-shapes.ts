/** Second factors, tickets and step-up as they stand on the wire. */
import type { PasskeyAssertion, PasskeyRegistration } from './passkey-shapes.ts'
import type { SignInRequest, SignInResponse } from './shapes.ts'

/** What can be asked for after a password; `password` only where it is all that an account has. */
export type FactorName = 'totp' | 'passkey' | 'recovery_code' | 'password'

/** The sign-in goes on with `POST /v1/sign-in/factor`, or by enrolling a factor first. Nothing is signed in yet. */
export interface FactorRequiredResponse {
  status: 'factor_required' | 'factor_enrolment_required'
  ticket: string
  /** What may be presented with the ticket, or enrolled with it. */
  factors: FactorName[]
  reason: 'account_has_factor' | 'required_by_policy' | 'risk' | 'step_up'
}

/** What a sign-in answers when all that was asked for has been proved. */
export interface SignedInWithCodes extends SignInResponse {
  /** Only where a first factor was enrolled on the way: shown this once. */
  recovery_codes?: string[]
}

export interface SignInFactorRequest {
  ticket: string
  factor: Exclude<FactorName, 'password'>
  /** Of a TOTP app, or a recovery code. */
  code?: string | undefined
  /** For `passkey`, in place of a code; with a ticket to enrol with, the new passkey. */
  credential?: PasskeyAssertion | PasskeyRegistration | undefined
  deliver?: SignInRequest['deliver']
  refresh?: SignInRequest['refresh']
  /** Asks not to be asked for a factor in this browser for a while, where the authority offers that. */
  trust_device?: boolean | undefined
}

export interface EnrolByTicketRequest {
  ticket: string
  name?: string | undefined
}

export interface EnrolTotpRequest {
  name?: string | undefined
}
export interface TotpOfferShape {
  factor: { id: string }
  /** Base32, for typing in. Shown this once. */
  secret: string
  otpauth_uri: string
  qr_svg: string
}
export interface ConfirmFactorRequest {
  code: string
}

export interface FactorShape {
  id: string
  kind: 'totp' | 'passkey'
  name: string | null
  created_at: string
  last_used_at: string | null
}
export interface ConfirmedFactorResponse {
  factor: FactorShape
  /** With the first factor: shown this once. */
  recovery_codes?: string[]
}
export interface FactorsResponse {
  items: FactorShape[]
  next_cursor: null
  /** False where another service alone, or a link to the mail of the account, opens it. */
  has_password: boolean
  recovery_codes_left: number
  /** The policy demands a second factor of this account. */
  required: boolean
  /** Tried wrongly too often in a row, and refused until recovery or an administrator opens them. */
  closed: FactorName[]
}
export interface RecoveryCodesResponse {
  recovery_codes: string[]
}

export interface StepUpFactorRequest {
  ticket: string
  factor: FactorName
  code?: string | undefined
  /** For `passkey`, in place of a code. */
  credential?: PasskeyAssertion | undefined
}
export interface SteppedUpResponse {
  status: 'stepped_up'
  acr: string
  auth_time: string
  /** The session's new value by the way in which it was delivered; with `jwt`, refresh. */
  session_token?: string
  csrf_token?: string
}
