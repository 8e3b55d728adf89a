/** Known devices on the wire. */
import type { DeviceShape } from '@countersign/protocol'
import { z } from 'zod'
import { nullableTimeSchema, timeSchema } from './common.ts'

export const deviceSchema: z.ZodType<DeviceShape> = z.object({
  id: z.string(),
  current: z.boolean(),
  name: z.string().nullable(),
  created_at: timeSchema,
  last_seen_at: timeSchema,
  trusted_until: nullableTimeSchema,
})
export const devicesSchema: z.ZodType = z.object({ items: z.array(deviceSchema), next_cursor: z.null() })
export const forgottenSchema: z.ZodType<{ forgotten: number }> = z.object({ forgotten: z.number().int() })
