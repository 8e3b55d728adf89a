/** Settings and test mail on the wire. */
import type { BrandShades, SettingsResponse, TestMailResponse } from '@countersign/protocol'
import { z } from 'zod'

const shadesSchema: z.ZodType<BrandShades> = z.object({
  fill: z.string(),
  soft: z.string(),
  text: z.string(),
})

export const settingsSchema: z.ZodType<SettingsResponse> = z.object({
  items: z.array(
    z.object({
      key: z.string(),
      variables: z.array(z.string()),
      accepts: z.string(),
      default: z.string(),
      meaning: z.string(),
      secret: z.boolean(),
      value: z.string().nullable(),
      source: z.enum(['default', 'environment', 'file']),
      set_in: z.string().nullable(),
    }),
  ),
  next_cursor: z.null(),
  mail: z.object({ kind: z.enum(['off', 'development', 'smtp']), target: z.string() }),
  brand: z.object({ name: z.string(), color: z.string(), light: shadesSchema, dark: shadesSchema }),
})

export const testMailSchema: z.ZodType<TestMailResponse> = z.object({
  outcome: z.enum(['sent', 'refused', 'unreachable', 'no_server', 'no_address']),
  reason: z.string().nullable(),
  to: z.string().nullable(),
})
