/** The feed of revocations on the wire. */
import { type FeedQuery, type FeedResponse, nodeKinds, VERIFIER_ID } from '@countersign/protocol'
import { z } from 'zod'
import { nullableTimeSchema, timeSchema } from './common.ts'

const EPOCH_CHARACTERS_MAX = 64
/** Longer holds are cut down to half of the lease anyway. */
const HOLD_MS_MAX = 600_000

export const feedQuerySchema: z.ZodType<FeedQuery> = z
  .strictObject({
    verifier: z.string().regex(VERIFIER_ID),
    epoch: z
      .string()
      .max(EPOCH_CHARACTERS_MAX)
      .regex(/^[\w-]+$/)
      .optional(),
    after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
    hold_ms: z.coerce.number().int().min(0).max(HOLD_MS_MAX).optional(),
  })
  .refine(({ epoch, after }) => (epoch === undefined) === (after === undefined), { path: ['after'] })

export const feedResponseSchema: z.ZodType<FeedResponse> = z.object({
  epoch: z.string(),
  entries: z.array(
    z.object({
      position: z.number().int(),
      kind: z.enum(nodeKinds),
      id: z.string(),
      issued_before_position: z.number().int().optional(),
      expires_at: timeSchema,
    }),
  ),
  position: z.number().int(),
  lease_ms: z.number().int(),
  now: timeSchema,
  snapshot: z.boolean(),
  more: z.boolean(),
  pace_ms: z.number().int(),
  pruned_until: nullableTimeSchema,
})
