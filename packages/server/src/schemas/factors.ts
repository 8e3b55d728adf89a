/** Second factors, tickets and step-up on the wire. */
import type {
  ConfirmedFactorResponse,
  ConfirmFactorRequest,
  EnrolByTicketRequest,
  EnrolTotpRequest,
  FactorRequiredResponse,
  FactorShape,
  FactorsResponse,
  RecoveryCodesResponse,
  SignInFactorRequest,
  SteppedUpResponse,
  StepUpFactorRequest,
  TotpOfferShape,
} from '@countersign/protocol'
import { z } from 'zod'
import { nameSchema, nullableTimeSchema, passwordSchema, ticketSchema, timeSchema } from './common.ts'
import { assertionSchema, registrationSchema } from './passkeys.ts'
import { passwordChangeRequiredSchema } from './passwords.ts'
import { signedInSchema } from './sessions.ts'

/** Digits with spaces, or groups of letters: what it is, the door decides. */
const codeSchema = z.string().min(1).max(64)
const factorNameSchema = z.enum(['totp', 'passkey', 'recovery_code', 'password'])

export const factorRequiredSchema: z.ZodType<FactorRequiredResponse> = z.object({
  status: z.enum(['factor_required', 'factor_enrolment_required']),
  ticket: z.string(),
  factors: z.array(factorNameSchema),
  reason: z.enum(['account_has_factor', 'required_by_policy', 'risk', 'step_up']),
})

/** What each step of a sign-in leads to: a session, or a ticket for the next one. */
export const signInResponseSchema: z.ZodType = z.union([
  signedInSchema,
  factorRequiredSchema,
  passwordChangeRequiredSchema,
])

export const signInFactorSchema: z.ZodType<SignInFactorRequest> = z.strictObject({
  ticket: ticketSchema,
  factor: z.enum(['totp', 'passkey', 'recovery_code']),
  code: codeSchema.optional(),
  credential: z.union([assertionSchema, registrationSchema]).optional(),
  deliver: z.enum(['cookie', 'session_token', 'jwt']).optional(),
  refresh: z.enum(['body', 'cookie']).optional(),
  trust_device: z.boolean().optional(),
})
export const enrolByTicketSchema: z.ZodType<EnrolByTicketRequest> = z.strictObject({
  ticket: ticketSchema,
  name: nameSchema.optional(),
})

export const enrolTotpSchema: z.ZodType<EnrolTotpRequest> = z.strictObject({ name: nameSchema.optional() })
export const totpOfferSchema: z.ZodType<TotpOfferShape> = z.object({
  factor: z.object({ id: z.string() }),
  secret: z.string(),
  otpauth_uri: z.string(),
  qr_svg: z.string(),
})
export const confirmFactorSchema: z.ZodType<ConfirmFactorRequest> = z.strictObject({ code: codeSchema })

export const factorSchema: z.ZodType<FactorShape> = z.object({
  id: z.string(),
  kind: z.enum(['totp', 'passkey']),
  name: z.string().nullable(),
  created_at: timeSchema,
  last_used_at: nullableTimeSchema,
})
export const confirmedFactorSchema: z.ZodType = z.object({
  factor: factorSchema,
  recovery_codes: z.array(z.string()).optional(),
}) satisfies z.ZodType<{ [K in keyof ConfirmedFactorResponse]: ConfirmedFactorResponse[K] | undefined }>
export const factorsSchema: z.ZodType<FactorsResponse> = z.object({
  items: z.array(factorSchema),
  next_cursor: z.null(),
  has_password: z.boolean(),
  recovery_codes_left: z.number().int(),
  required: z.boolean(),
  closed: z.array(factorNameSchema),
})
export const recoveryCodesSchema: z.ZodType<RecoveryCodesResponse> = z.object({
  recovery_codes: z.array(z.string()),
})

export const stepUpFactorSchema: z.ZodType<StepUpFactorRequest> = z.strictObject({
  ticket: ticketSchema,
  factor: factorNameSchema,
  /** A password where that is the factor. */
  code: passwordSchema.optional(),
  credential: assertionSchema.optional(),
})
export const steppedUpSchema: z.ZodType = z.object({
  status: z.literal('stepped_up'),
  acr: z.string(),
  auth_time: timeSchema,
  session_token: z.string().optional(),
  csrf_token: z.string().optional(),
}) satisfies z.ZodType<{ [K in keyof SteppedUpResponse]: SteppedUpResponse[K] | undefined }>
