/** Credentials and refusals explained, on the wire. */
import { isIPv4, isIPv6 } from 'node:net'
import type { CheckShape, ExplainRequest, ExplanationResponse } from '@countersign/protocol'
import { z } from 'zod'
import { credentialSchema, permissionsSchema, timeSchema } from './common.ts'

export const explainSchema: z.ZodType<ExplainRequest> = z.strictObject({
  credential: credentialSchema,
  permissions: permissionsSchema.optional(),
  audience: z.string().min(1).max(200).optional(),
  address: z
    .string()
    .max(45)
    .refine((text) => isIPv4(text) || isIPv6(text))
    .optional(),
})

export const checkSchema = z.object({
  check: z.string(),
  verdict: z.enum(['passed', 'failed', 'not_reached']),
  saw: z.string().nullable(),
}) as z.ZodType<CheckShape>

export const explanationResponseSchema: z.ZodType<ExplanationResponse> = z.object({
  explanation: z.object({
    kind: z.enum(['session', 'api_key', 'access_token', 'refresh', 'unknown']),
    credential_id: z.string().nullable(),
    good: z.boolean(),
    code: z.string().nullable(),
    reason: z.string().nullable(),
    at: timeSchema,
    position: z.number().int(),
    lease_ms: z.number().int(),
    checks: z.array(checkSchema),
    mend: z.string().nullable(),
  }),
})
