/** Signing keys and the audit log on the wire. */
import type { AuditEventShape, SigningKeyShape } from '@countersign/protocol'
import { z } from 'zod'
import { nullableTimeSchema, type PageQuery, pageQueryShape, timeSchema } from './common.ts'

export const signingKeySchema: z.ZodType<SigningKeyShape> = z.object({
  id: z.string(),
  algorithm: z.string(),
  purpose: z.enum(['all', 'id_token']),
  state: z.enum(['next', 'current', 'previous', 'retired', 'removed']),
  created_at: timeSchema,
  promoted_at: nullableTimeSchema,
  retired_at: nullableTimeSchema,
})
export const signingKeysSchema: z.ZodType = z.object({
  items: z.array(signingKeySchema),
  next_cursor: z.null(),
})
export const rotateSchema: z.ZodType<{ immediately?: boolean | undefined }> = z.strictObject({
  immediately: z.boolean().optional(),
})

export const auditEventSchema: z.ZodType<AuditEventShape> = z.object({
  id: z.string(),
  at: timeSchema,
  type: z.string(),
  outcome: z.enum(['success', 'refused', 'failed']),
  actor: z.object({ kind: z.string(), id: z.string().nullable(), credential: z.string().nullable() }),
  target: z.object({ kind: z.string(), id: z.string() }).nullable(),
  address: z.string().nullable(),
  request_id: z.string().nullable(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  chain: z.object({ position: z.number().int(), hash: z.string() }).nullable(),
})
/** Postgres takes no text with a NUL in it, and no name of ours has a control character. */
const printable = (charactersMax: number): z.ZodType<string | undefined> =>
  z
    .string()
    .max(charactersMax)
    .regex(/^[^\p{C}]*$/u)
    .optional()

export interface AuditListQuery extends PageQuery {
  type?: string | undefined
  actor?: string | undefined
  target?: string | undefined
  since?: string | undefined
  until?: string | undefined
}
export const auditQuerySchema: z.ZodType<AuditListQuery> = z.strictObject({
  ...pageQueryShape,
  type: printable(64),
  actor: printable(64),
  target: printable(300),
  since: timeSchema.optional(),
  until: timeSchema.optional(),
})
export const chainReportSchema: z.ZodType = z.union([
  z.object({ intact: z.literal(true), length: z.number().int(), unchained: z.number().int() }),
  z.object({ intact: z.literal(false), broken_at: z.number().int(), cause: z.enum(['missing', 'altered']) }),
])
