/** What is done by links in mails, on the wire. */
import type {
  ChangeEmailRequest,
  CheckMailResponse,
  CompletePasswordResetRequest,
  ConfirmEmailChangeRequest,
  ConfirmEmailRequest,
  ConfirmSignUpRequest,
  EmailVerificationResponse,
  NotMeResponse,
  PasswordResetRequest,
} from '@countersign/protocol'
import { z } from 'zod'
import { emailSchema, passwordSchema } from './common.ts'

/** What a link ends with: 256 bits in base62. */
export const linkTicketSchema: z.ZodType<string> = z.string().regex(/^[0-9A-Za-z]{43}$/)

export const checkMailSchema: z.ZodType<CheckMailResponse> = z.object({ status: z.literal('check_mail') })

export const passwordResetSchema: z.ZodType<PasswordResetRequest> = z.strictObject({ email: emailSchema })
export const completePasswordResetSchema: z.ZodType<CompletePasswordResetRequest> = z.strictObject({
  ticket: linkTicketSchema,
  password: passwordSchema,
})

export const confirmSignUpSchema: z.ZodType<ConfirmSignUpRequest> = z.strictObject({
  ticket: linkTicketSchema,
  password: passwordSchema,
})

/** A page is shown for whatever comes: what is wrong with it is told by the page. */
export const notMePageSchema: z.ZodType<{ ticket?: string | undefined }> = z.object({
  ticket: z.string().max(100).optional(),
})

export const notMeSchema: z.ZodType<NotMeResponse> = z.object({
  ended: z.object({ sessions: z.number(), grants: z.number(), api_keys: z.number() }),
  next: z.enum(['check_mail', 'change_password']),
})

export const changeEmailSchema: z.ZodType<ChangeEmailRequest> = z.strictObject({ email: emailSchema })
export const confirmEmailChangeSchema: z.ZodType<ConfirmEmailChangeRequest> = z.strictObject({
  ticket: linkTicketSchema,
  password: passwordSchema,
})
export const confirmEmailSchema: z.ZodType<ConfirmEmailRequest> = z.strictObject({ ticket: linkTicketSchema })
export const emailVerificationSchema: z.ZodType<EmailVerificationResponse> = z.object({
  status: z.enum(['check_mail', 'verified']),
})
