/** Accounts elsewhere on the wire, and what stands in the addresses that lead there and back. */
import type {
  ConnectIdentityRequest,
  ConnectIdentityResponse,
  IdentitiesResponse,
  IdentityShape,
  OwnIdentitiesResponse,
  ProviderShape,
} from '@countersign/protocol'
import { z } from 'zod'
import { nullableTimeSchema, timeSchema } from './common.ts'

const providerSchema: z.ZodType<ProviderShape> = z.object({ id: z.string(), name: z.string() })

export const identitySchema: z.ZodType<IdentityShape> = z.object({
  id: z.string(),
  provider: providerSchema,
  label: z.string().nullable(),
  created_at: timeSchema,
  last_used_at: nullableTimeSchema,
})

const list = { items: z.array(identitySchema), next_cursor: z.null() }
export const identitiesSchema: z.ZodType<IdentitiesResponse> = z.object(list)
export const ownIdentitiesSchema: z.ZodType<OwnIdentitiesResponse> = z.object({
  ...list,
  providers: z.array(providerSchema),
})

export const connectIdentitySchema: z.ZodType<ConnectIdentityRequest> = z.strictObject({
  provider: z.string().min(1).max(32),
})
export const connectIdentityResponseSchema: z.ZodType<ConnectIdentityResponse> = z.object({
  authorization_url: z.string(),
})

export interface ProviderStartQuery {
  interaction?: string | undefined
  csrf?: string | undefined
}
const field = z.string().max(8192).optional().catch(undefined)
export const providerStartQuerySchema: z.ZodType<ProviderStartQuery> = z.object({
  interaction: field,
  csrf: field,
})

/** Only what finds the attempt; the rest is read as it was sent (RFC 6749 §4.1.2). */
export interface ProviderAnswerQuery {
  state?: string | undefined
}
export const providerAnswerQuerySchema: z.ZodType<ProviderAnswerQuery> = z.object({
  state: z.string().max(16_384).optional().catch(undefined),
})
