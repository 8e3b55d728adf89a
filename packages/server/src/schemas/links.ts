/** What is done by links in mails, on the wire. */
import type {
  CheckMailResponse,
  CompletePasswordResetRequest,
  ConfirmSignUpRequest,
  PasswordResetRequest,
} from '@countersign/protocol'
import { z } from 'zod'
import { emailSchema, passwordSchema } from './common.ts'

/** What a link ends with: 256 bits in base62. */
const linkTicketSchema = z.string().regex(/^[0-9A-Za-z]{43}$/)

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
