/** Passwords on the wire: advice about one, and changing it. */
import { passwordHints } from '@countersign/core'
import type { CheckPasswordRequest, CheckPasswordResponse } from '@countersign/protocol'
import { z } from 'zod'
import { nameSchema, passwordSchema } from './common.ts'

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
