/** Clients that register themselves (RFC 7591), and the tokens that let them. */
import {
  INITIAL_ACCESS_TOKEN_SECONDS_MAX,
  INITIAL_ACCESS_TOKEN_SECONDS_MIN,
  INITIAL_ACCESS_TOKEN_USES_MAX,
} from '@countersign/core'
import type {
  CreateInitialAccessTokenRequest,
  InitialAccessTokenPage,
  InitialAccessTokenResponse,
  InitialAccessTokenShape,
  RegisterClientRequest,
  RegisteredClientResponse,
} from '@countersign/protocol'
import { z } from 'zod'
import { fetchedUriSchema, jwksSchema, linkSchema, redirectUrisSchema } from './clients.ts'
import { nameSchema, timeSchema } from './common.ts'

const wordSchema = z.string().max(64)
const WORDS_MAX = 16
const SCOPE_CHARACTERS_MAX = 2000
const STATEMENT_CHARACTERS_MAX = 16_384

/** What administrators may send, by the same schemas. Members that nobody here knows are ignored (RFC 7591 §2). */
export const clientMetadataSchema: z.ZodType<RegisterClientRequest> = z.object({
  redirect_uris: redirectUrisSchema.optional(),
  token_endpoint_auth_method: wordSchema.optional(),
  grant_types: z.array(wordSchema).max(WORDS_MAX).optional(),
  response_types: z.array(wordSchema).max(WORDS_MAX).optional(),
  client_name: nameSchema.optional(),
  logo_uri: linkSchema.optional(),
  scope: z.string().max(SCOPE_CHARACTERS_MAX).optional(),
  policy_uri: linkSchema.optional(),
  tos_uri: linkSchema.optional(),
  jwks: jwksSchema.optional(),
  jwks_uri: fetchedUriSchema.optional(),
  dpop_bound_access_tokens: z.boolean().optional(),
  post_logout_redirect_uris: redirectUrisSchema.optional(),
  id_token_signed_response_alg: wordSchema.optional(),
  subject_type: wordSchema.optional(),
  sector_identifier_uri: fetchedUriSchema.optional(),
  software_statement: z.string().max(STATEMENT_CHARACTERS_MAX).optional(),
})

/** For the document of the API: what it holds, is looked at by the route, which answers as RFC 7591 says. */
export const registrationBodySchema: z.ZodType<Record<string, unknown>> = z.record(z.string(), z.unknown())

export const registeredClientSchema: z.ZodType<RegisteredClientResponse> = z.looseObject({
  client_id: z.string(),
  client_id_issued_at: z.number().int(),
  client_secret: z.string().optional(),
  client_secret_expires_at: z.number().int().optional(),
  client_name: z.string(),
  redirect_uris: z.array(z.string()),
  token_endpoint_auth_method: z.string(),
  grant_types: z.array(z.string()),
  response_types: z.array(z.string()),
  scope: z.string(),
  dpop_bound_access_tokens: z.boolean(),
  subject_type: z.string(),
})

export const initialAccessTokenSchema: z.ZodType<InitialAccessTokenShape> = z.object({
  id: z.string(),
  name: z.string(),
  uses: z.number().int(),
  uses_max: z.number().int(),
  created_by: z.string(),
  created_at: timeSchema,
  expires_at: timeSchema,
  last_used_at: timeSchema.nullable(),
})

export const initialAccessTokenPageSchema: z.ZodType<InitialAccessTokenPage> = z.object({
  items: z.array(initialAccessTokenSchema),
  next_cursor: z.string().nullable(),
  registration: z.enum(['off', 'initial_access_token', 'open']),
})

export const initialAccessTokenResponseSchema: z.ZodType<InitialAccessTokenResponse> = z.object({
  initial_access_token: initialAccessTokenSchema,
  secret: z.string(),
})

export const createInitialAccessTokenSchema: z.ZodType<CreateInitialAccessTokenRequest> = z.strictObject({
  name: nameSchema,
  uses_max: z.number().int().min(1).max(INITIAL_ACCESS_TOKEN_USES_MAX).optional(),
  expires_in: z
    .number()
    .int()
    .min(INITIAL_ACCESS_TOKEN_SECONDS_MIN)
    .max(INITIAL_ACCESS_TOKEN_SECONDS_MAX)
    .optional(),
})
