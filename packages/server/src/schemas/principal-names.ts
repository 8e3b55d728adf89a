/** The names of principals on the wire. */
import type { PrincipalNameShape } from '@countersign/protocol'
import { z } from 'zod'

/** Ids with commas between them: at most a hundred, which is more than a page of anything has. */
const idsSchema = z
  .string()
  .max(4_000)
  .regex(/^[\w-]{1,64}(?:,[\w-]{1,64}){0,99}$/)

export const principalNamesQuerySchema: z.ZodType<{ ids: string }> = z.strictObject({ ids: idsSchema })

export const principalNameSchema: z.ZodType<PrincipalNameShape> = z.object({
  id: z.string(),
  kind: z.enum(['account', 'service_account']),
  name: z.string(),
})
