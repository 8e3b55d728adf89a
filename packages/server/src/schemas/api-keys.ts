/** API keys on the wire. */
import type {
  ApiKeyShape,
  ApiKeyWithSecretResponse,
  ChangeApiKeyRequest,
  CreateApiKeyRequest,
  RotateApiKeyRequest,
} from '@countersign/protocol'
import { z } from 'zod'
import {
  addressesSchema,
  audiencesSchema,
  nameSchema,
  nullableTimeSchema,
  type PageQuery,
  pageQueryShape,
  permissionsSchema,
  resourcesSchema,
  timeSchema,
} from './common.ts'

/** Ten years: a key without an end should say so by having none. */
const EXPIRES_IN_SECONDS_MAX = 315_360_000
/** Thirty days: a secret that is still in use by then is not being rotated but kept. */
const OVERLAP_SECONDS_MAX = 2_592_000

const rateLimitSchema = z.strictObject({
  requests: z.number().int().min(1).max(1_000_000),
  per_seconds: z.number().int().min(1).max(86_400),
})

export const createApiKeySchema: z.ZodType<CreateApiKeyRequest> = z.strictObject({
  name: nameSchema,
  permissions: permissionsSchema,
  resources: resourcesSchema.optional(),
  audiences: audiencesSchema.optional(),
  service_account_id: z.string().max(40).optional(),
  expires_in: z.number().int().min(60).max(EXPIRES_IN_SECONDS_MAX).optional(),
  allow_addresses: addressesSchema.optional(),
  rate_limit: rateLimitSchema.optional(),
})
export const changeApiKeySchema: z.ZodType<ChangeApiKeyRequest> = z.strictObject({
  name: nameSchema.optional(),
  permissions: permissionsSchema.optional(),
  resources: resourcesSchema.optional(),
  audiences: audiencesSchema.optional(),
  allow_addresses: addressesSchema.optional(),
  rate_limit: rateLimitSchema.nullable().optional(),
  suspended: z.boolean().optional(),
})
export const rotateApiKeySchema: z.ZodType<RotateApiKeyRequest> = z.strictObject({
  overlap_seconds: z.number().int().min(0).max(OVERLAP_SECONDS_MAX).optional(),
})

export const apiKeySchema: z.ZodType<ApiKeyShape> = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  owner: z.object({ kind: z.enum(['account', 'service_account']), id: z.string() }),
  permissions: z.array(z.string()),
  resources: z.array(z.string()),
  audiences: z.array(z.string()),
  allow_addresses: z.array(z.string()),
  rate_limit: rateLimitSchema.nullable(),
  created_at: timeSchema,
  expires_at: nullableTimeSchema,
  last_used_at: nullableTimeSchema,
  overlap_ends_at: nullableTimeSchema,
  suspended_at: nullableTimeSchema,
})
export const apiKeyWithSecretSchema: z.ZodType<ApiKeyWithSecretResponse> = z.object({
  api_key: apiKeySchema,
  secret: z.string(),
})
export const apiKeyResponseSchema: z.ZodType<{ api_key: ApiKeyShape }> = z.object({ api_key: apiKeySchema })

/** `owner=all` lists everybody's; a principal's id lists theirs; absent lists one's own. */
export const listApiKeysSchema: z.ZodType<PageQuery & { owner?: string | undefined }> = z.strictObject({
  ...pageQueryShape,
  owner: z.string().max(40).optional(),
})
