/** Usage reports, hourly counts and decisions on the wire. */
import { isIPv4, isIPv6 } from 'node:net'
import {
  type ApiKeyUsageShape,
  type DecisionResponse,
  type ErrorCode,
  isDecisionId,
  isErrorCode,
  isProgramName,
  REPORTED_REFUSALS_MAX,
  REPORTED_USES_MAX,
  ROUTE_CHARACTERS_MAX,
  type UsageReport,
} from '@countersign/protocol'
import { z } from 'zod'
import { pageQueryShape, timeSchema } from './common.ts'
import { checkSchema } from './explanations.ts'

/** A name of the resource server's own: printable ASCII without spaces, such as `read_note` or `/notes/:id`. */
const routeSchema = z
  .string()
  .min(1)
  .max(ROUTE_CHARACTERS_MAX)
  .regex(/^[\x21-\x7e]+$/)
const addressSchema = z
  .string()
  .max(45)
  .refine((text) => isIPv4(text) || isIPv6(text))
  .nullable()
const countSchema = z.number().int().min(0).max(1_000_000_000)
const codeSchema = z.custom<ErrorCode>((value) => typeof value === 'string' && isErrorCode(value))

const useSchema = z.strictObject({
  credential: z.strictObject({ kind: z.enum(['session', 'api_key']), id: z.string().max(40) }),
  route: routeSchema,
  count: countSchema,
  refused: countSchema,
  first: timeSchema,
  last: timeSchema,
  address: addressSchema,
  // A word without a version: nothing that a credential would fit into.
  agent: z.string().refine(isProgramName).nullable().optional(),
})
const refusalSchema = z.strictObject({
  decision_id: z.string().refine(isDecisionId),
  at: timeSchema,
  code: codeSchema,
  // A word of ours or of the verifier's, such as `revoked`: nothing that a credential would fit into.
  reason: z
    .string()
    .regex(/^[a-z][a-z_]{0,39}$/)
    .nullable(),
  route: routeSchema.nullable(),
  credential_id: z
    .string()
    .regex(/^(?:ses|key|jwt|gra)_[0-9a-z]{26}$/)
    .nullable(),
  address: addressSchema,
  position: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  lease_ms: z.number().int().min(0).max(60_000).optional(),
})
export const usageReportSchema: z.ZodType<UsageReport> = z.strictObject({
  uses: z.array(useSchema).max(REPORTED_USES_MAX),
  refusals: z.array(refusalSchema).max(REPORTED_REFUSALS_MAX),
})

export interface ApiKeyUsageQuery {
  limit: number
  cursor?: string | undefined
}
export const apiKeyUsageQuerySchema: z.ZodType<ApiKeyUsageQuery> = z.strictObject({
  limit: pageQueryShape.limit,
  cursor: z
    .string()
    .max(400)
    .regex(/^[\w-]+$/)
    .optional(),
})
export const apiKeyUsageSchema: z.ZodType<ApiKeyUsageShape> = z.object({
  hour: timeSchema,
  route: z.string(),
  reported_by: z.string().nullable(),
  count: z.number().int(),
  refused: z.number().int(),
  last_at: timeSchema,
  last_address: z.string().nullable(),
})
export const decisionResponseSchema: z.ZodType<DecisionResponse> = z.object({
  decision: z.object({
    id: z.string(),
    at: timeSchema,
    code: z.string(),
    reason: z.string().nullable(),
    route: z.string().nullable(),
    credential_id: z.string().nullable(),
    address: z.string().nullable(),
    reported_by: z.string().nullable(),
    position: z.number().int().nullable(),
    lease_ms: z.number().int().nullable(),
    checks: z.array(checkSchema),
    mend: z.string(),
  }),
})
