/** The overview on the wire. */
import { overviewLines, overviewPeriods } from '@countersign/core'
import type { OverviewPeriodShape, OverviewResponse, SecretsResponse } from '@countersign/protocol'
import { z } from 'zod'
import { timeSchema } from './common.ts'

export const overviewQuerySchema: z.ZodType<{ period: OverviewPeriodShape }> = z.strictObject({
  period: z.enum(overviewPeriods).default('day'),
})

const count = z.number().int().min(0)

export const overviewSchema: z.ZodType<OverviewResponse> = z.object({
  from: timeSchema,
  part_seconds: count,
  lines: z.array(z.object({ name: z.enum(overviewLines), counts: z.array(count), cut: z.boolean() })),
  attention: z.object({
    keys_unused: count,
    keys_endless: count,
    keys_old: count,
    clients_old: count,
    administrators_without_factor: z.array(z.object({ id: z.string(), email: z.string() })),
    mails_waiting: count,
    mails_failed: count,
  }),
})

const optionalTime = timeSchema.nullable()
export const secretsSchema: z.ZodType<SecretsResponse> = z.object({
  root: z.array(
    z.object({ version: z.string(), current: z.boolean(), held: z.boolean(), seen_at: optionalTime }),
  ),
  api_keys: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      owner: z.string(),
      made_at: timeSchema,
      expires_at: optionalTime,
      last_used_at: optionalTime,
    }),
  ),
  clients: z.array(
    z.object({ id: z.string(), name: z.string(), made_at: timeSchema, last_used_at: optionalTime }),
  ),
})
