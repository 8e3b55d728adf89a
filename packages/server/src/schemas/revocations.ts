/** Revoking and verifying on the wire. */
import {
  type EndedCounts,
  nodeKinds,
  type RevocationTarget,
  type RevokeRequest,
  type VerifyRequest,
} from '@countersign/protocol'
import { z } from 'zod'
import { credentialSchema, permissionsSchema, timeSchema } from './common.ts'
import { credentialShape } from './sessions.ts'

const WAIT_MS_MAX = 60_000
const idSchema = z.string().min(1).max(300)

const targetSchema: z.ZodType<RevocationTarget> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('credential'), credential: credentialSchema }),
  z.strictObject({ kind: z.literal('access_token'), id: idSchema, expires_at: timeSchema }),
  z.strictObject({ kind: z.enum(nodeKinds).exclude(['access_token']), id: idSchema }),
])

export const revokeSchema: z.ZodType<RevokeRequest> = z.strictObject({
  target: targetSchema,
  reason: z
    .string()
    .max(500)
    .regex(/^[^\p{C}]*$/u)
    .optional(),
  wait_ms: z.number().int().min(0).max(WAIT_MS_MAX).optional(),
  dry_run: z.boolean().optional(),
})

const countsSchema: z.ZodType<EndedCounts> = z.object({
  sessions: z.number().int(),
  grants: z.number().int(),
  api_keys: z.number().int(),
})
const confirmationFields = {
  id: z.string(),
  position: z.number().int(),
  confirmed: z.boolean(),
  verifiers: z.number().int(),
  acknowledged: z.number().int(),
  lapsed: z.number().int(),
  elapsed_ms: z.number(),
  signature_only_until: timeSchema,
}
export const revokeResponseSchema: z.ZodType = z.union([
  z.object({ ...confirmationFields, ended: countsSchema }),
  z.object({ ended: countsSchema, used_last_hour: countsSchema }),
])
export const confirmationSchema: z.ZodType = z.object(confirmationFields)

export const verifySchema: z.ZodType<VerifyRequest> = z.strictObject({
  credential: credentialSchema,
  permissions: permissionsSchema.optional(),
  audience: z.string().min(1).max(200).optional(),
})
export const verifyResponseSchema: z.ZodType = z.union([
  z.object({
    active: z.literal(true),
    position: z.number().int(),
    principal: z.object({ kind: z.enum(['account', 'service_account']), id: z.string() }),
    credential: credentialShape,
    permissions: z.array(z.string()),
    resources: z.array(z.string()),
    audiences: z.array(z.string()),
    allow_addresses: z.array(z.string()).optional(),
    rate_limit: z.object({ requests: z.number().int(), per_seconds: z.number().int() }).optional(),
    cache_seconds: z.number().int(),
  }),
  z.object({ active: z.literal(false), code: z.string(), decision_id: z.string() }),
])
