/** What people have allowed apps, on the wire. */
import type { ConsentShape } from '@countersign/protocol'
import { z } from 'zod'

export const consentSchema: z.ZodType<ConsentShape> = z.object({
  client: z.object({ id: z.string(), name: z.string() }),
  scopes: z.array(z.string()),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
})
