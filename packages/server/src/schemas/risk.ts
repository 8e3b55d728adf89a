/** The risk policy and what was unusual, on the wire. */
import { MACHINE_RULES, RISK_WEIGHT_MAX, RULES, THRESHOLD_MAX } from '@countersign/core'
import type {
  AnomalyShape,
  RiskPolicyResponse,
  RiskPolicyShape,
  RiskReplayRequest,
  RiskReplayShape,
} from '@countersign/protocol'
import { z } from 'zod'
import { nullableTimeSchema, type PageQuery, pageQueryShape, timeSchema } from './common.ts'

const weightSchema = z.number().int().min(0).max(RISK_WEIGHT_MAX)
const thresholdSchema = z.number().int().min(1).max(THRESHOLD_MAX)

/** Every rule is named: one that is forgotten would be switched off, or on, without anybody having said so. */
const weightsOf = (rules: readonly string[]) =>
  z.strictObject(Object.fromEntries(rules.map((rule) => [rule, weightSchema])))

export const riskPolicySchema: z.ZodType<RiskPolicyShape> = z.strictObject({
  weights: weightsOf(RULES),
  notify_at: thresholdSchema,
  step_up_at: thresholdSchema,
  block_at: thresholdSchema,
  without_factor: z.enum(['notify', 'block']),
  machines: z.strictObject({
    weights: weightsOf(MACHINE_RULES),
    notify_at: thresholdSchema,
    suspend_at: thresholdSchema.optional(),
  }),
})

export const riskPolicyResponseSchema: z.ZodType<RiskPolicyResponse> = z.object({
  policy: riskPolicySchema,
  changed_at: nullableTimeSchema,
})

export const REPLAY_DAYS_MAX = 90
export const riskReplaySchema: z.ZodType<RiskReplayRequest> = z.strictObject({
  policy: riskPolicySchema.optional(),
  days: z.number().int().min(1).max(REPLAY_DAYS_MAX).optional(),
})

const countsSchema = z.object({
  allow: z.number().int(),
  notify: z.number().int(),
  step_up: z.number().int(),
  block: z.number().int(),
})
export const riskReplayResponseSchema: z.ZodType<{ replay: RiskReplayShape }> = z.object({
  replay: z.object({
    since: timeSchema,
    sign_ins: z.number().int(),
    would: countsSchema,
    did: countsSchema,
    scores: z.array(z.number().int()),
    cut: z.boolean(),
  }),
})

export interface AnomaliesQuery extends PageQuery {
  target?: string | undefined
  rule?: string | undefined
  action?: string | undefined
}
export const anomaliesQuerySchema: z.ZodType<AnomaliesQuery> = z.strictObject({
  ...pageQueryShape,
  target: z
    .string()
    .max(64)
    .regex(/^[\w-]+$/)
    .optional(),
  rule: z.enum([...RULES, ...MACHINE_RULES]).optional(),
  action: z.enum(['notify', 'step_up', 'block', 'suspend']).optional(),
})

export const anomalySchema: z.ZodType<AnomalyShape> = z.object({
  id: z.string(),
  at: timeSchema,
  action: z.string(),
  score: z.number(),
  target: z.object({ kind: z.string(), id: z.string() }).nullable(),
  owner: z.object({ kind: z.string(), id: z.string() }).nullable(),
  event: z.string().nullable(),
  address: z.string().nullable(),
  findings: z.array(z.object({ rule: z.string(), points: z.number(), saw: z.string() })),
})
