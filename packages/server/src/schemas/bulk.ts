/** One thing done to many, on the wire. */
import { BULK_MAX } from '@countersign/core'
import type { BulkRequest, BulkResponse } from '@countersign/protocol'
import { z } from 'zod'

/** An id that is none of its kind is a mistake of the caller's, and no row that is left out. */
export const bulkSchemaOf = (isId: (text: string) => boolean): z.ZodType<BulkRequest> =>
  z.strictObject({
    action: z.enum(['end', 'disable', 'enable']),
    ids: z.array(z.string().max(300).refine(isId)).min(1).max(BULK_MAX),
    dry_run: z.boolean().optional(),
  })

export const bulkResponseSchema: z.ZodType<BulkResponse> = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      outcome: z.enum(['done', 'ready', 'unchanged', 'own', 'refused']),
      code: z.string().nullable(),
      ends: z
        .object({ sessions: z.number().int(), grants: z.number().int(), api_keys: z.number().int() })
        .nullable(),
    }),
  ),
})
