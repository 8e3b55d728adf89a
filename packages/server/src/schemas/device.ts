/** What devices and the people at them send (RFC 8628). Unknown parameters are passed over. */
import { z } from 'zod'
import type { ClientParameters } from '../routes/client-of-request.ts'

const parameter = z.string().min(1).max(8192)

export interface DeviceAuthorizationParameters extends ClientParameters {
  scope?: string | undefined
  resource?: string | undefined
}
export const deviceAuthorizationSchema: z.ZodType<DeviceAuthorizationParameters> = z.object({
  client_id: parameter.optional(),
  client_secret: parameter.optional(),
  client_assertion: parameter.optional(),
  client_assertion_type: parameter.optional(),
  scope: parameter.optional(),
  resource: parameter.optional(),
})

/** RFC 8628 §3.2. */
export const deviceAuthorizationResponseSchema: z.ZodType = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.string(),
  verification_uri_complete: z.string(),
  expires_in: z.number().int(),
  interval: z.number().int(),
})

/** As it was typed. */
const typed = z.string().max(64).optional()
const field = z.string().max(8192).optional()

export interface DeviceQuery {
  user_code?: string | undefined
}
export const deviceQuerySchema: z.ZodType<DeviceQuery> = z.object({ user_code: typed })

export interface DeviceForm {
  user_code?: string | undefined
  csrf?: string | undefined
}
export const deviceFormSchema: z.ZodType<DeviceForm> = z.object({ user_code: typed, csrf: field })

export interface DeviceDecisionForm extends DeviceForm {
  decision?: 'allow' | 'deny' | undefined
}
export const deviceDecisionSchema: z.ZodType<DeviceDecisionForm> = z.object({
  user_code: typed,
  csrf: field,
  decision: z.enum(['allow', 'deny']).optional(),
})
