/** Passwords on the wire: advice about one, and changing it. */
import { passwordHints } from '@countersign/core'
import type {
  ChangePasswordRequest,
  CheckPasswordRequest,
  CheckPasswordResponse,
  PasswordChangedResponse,
  PasswordChangeRequiredResponse,
  RequirePasswordChangeRequest,
  SignInPasswordRequest,
} from '@countersign/protocol'
import { z } from 'zod'
import { nameSchema, passwordSchema, ticketSchema } from './common.ts'

export const checkPasswordSchema: z.ZodType<CheckPasswordRequest> = z.strictObject({
  password: passwordSchema,
  // Half-typed addresses come along, so nothing but the length is asked of it.
  email: z.string().max(254).optional(),
  name: nameSchema.optional(),
})
export const passwordAdviceSchema: z.ZodType<CheckPasswordResponse> = z.object({
  refusal: z.string().nullable(),
  score: z.number().int().min(0).max(4).nullable(),
  hints: z.array(z.enum(passwordHints)),
})

export const changePasswordSchema: z.ZodType<ChangePasswordRequest> = z.strictObject({
  current_password: passwordSchema,
  new_password: passwordSchema,
  keep_other_sessions: z.boolean().optional(),
})
export const passwordChangedSchema: z.ZodType = z.object({
  status: z.literal('password_changed'),
  ended: z.number().int(),
  session_token: z.string().optional(),
  csrf_token: z.string().optional(),
}) satisfies z.ZodType<{ [K in keyof PasswordChangedResponse]: PasswordChangedResponse[K] | undefined }>

export const requirePasswordChangeSchema: z.ZodType<RequirePasswordChangeRequest> = z.strictObject({
  keep_sessions: z.boolean().optional(),
})
export const passwordChangeRequiredSchema: z.ZodType<PasswordChangeRequiredResponse> = z.object({
  status: z.literal('password_change_required'),
  ticket: z.string(),
  reason: z.enum(['required_by_administrator', 'breached']),
})
export const signInPasswordSchema: z.ZodType<SignInPasswordRequest> = z.strictObject({
  ticket: ticketSchema,
  new_password: passwordSchema,
  deliver: z.enum(['cookie', 'session_token', 'jwt']).optional(),
  refresh: z.enum(['body', 'cookie']).optional(),
})
