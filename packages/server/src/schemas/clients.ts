/** OAuth clients on the wire. What they may be together is core's to decide; here each field has its bounds. */
import {
  assuranceLevels,
  type ChangeClientRequest,
  type ClientShape,
  type ClientWithSecretResponse,
  type CreateClientRequest,
  clientAuthMethods,
  clientGrantTypes,
  clientProfiles,
  clientRegistrations,
  idTokenAlgorithms,
  isClientName,
  isScopeWord,
  PERMISSIONS_MAX,
  type RotateClientSecretRequest,
  subjectTypes,
} from '@countersign/protocol'
import { z } from 'zod'
import { audiencesSchema, nameSchema, nullableTimeSchema, timeSchema } from './common.ts'

const REDIRECT_URIS_MAX = 20
const KEYS_MAX = 8
const KEY_MEMBERS_MAX = 12
/** An RSA modulus of 8192 bits in base64url, and room. */
const KEY_MEMBER_CHARACTERS_MAX = 1500
/** Thirty days, as for API keys. */
const OVERLAP_SECONDS_MAX = 2_592_000
const LINK_CHARACTERS_MAX = 500

const scopesSchema = z.array(z.string().refine(isScopeWord)).max(PERMISSIONS_MAX)
const grantTypesSchema = z.array(z.enum(clientGrantTypes)).max(clientGrantTypes.length)
/** What a redirect URI may be, core says; it has to be a text of ASCII to be one. */
const uriSchema = z
  .string()
  .max(2000)
  .regex(/^[\x20-\x7e]+$/)
export const redirectUrisSchema: z.ZodType<string[]> = z.array(uriSchema).max(REDIRECT_URIS_MAX)
const jwkSchema = z
  .record(z.string().max(20), z.string().max(KEY_MEMBER_CHARACTERS_MAX))
  .refine((key) => Object.keys(key).length <= KEY_MEMBERS_MAX)
export const jwksSchema: z.ZodType<{ keys: Record<string, string>[] }> = z.strictObject({
  keys: z.array(jwkSchema).min(1).max(KEYS_MAX),
})
/** Shown to people as links and pictures: https, so that no other kind of URI is ever clicked. */
export const linkSchema: z.ZodType<string> = z
  .string()
  .max(LINK_CHARACTERS_MAX)
  .regex(/^https:\/\/[!-~]+$/)
  .refine((text) => URL.canParse(text))

/** Where a client publishes its keys, or its sector; what is called, and where, is decided when it is. */
export const fetchedUriSchema: z.ZodType<string> = z
  .string()
  .max(LINK_CHARACTERS_MAX)
  .regex(/^[!-~]+$/)

const settings = {
  name: nameSchema,
  profile: z.enum(clientProfiles),
  token_endpoint_auth_method: z.enum(clientAuthMethods),
  grant_types: grantTypesSchema,
  redirect_uris: redirectUrisSchema,
  post_logout_redirect_uris: redirectUrisSchema,
  backchannel_logout_uri: uriSchema,
  scopes: scopesSchema,
  audiences: audiencesSchema,
  service_account_id: z.string().max(40),
  jwks: jwksSchema,
  jwks_uri: fetchedUriSchema,
  logo_uri: linkSchema,
  policy_uri: linkSchema,
  tos_uri: linkSchema,
  assurance: z.enum(assuranceLevels),
  id_token_signed_response_alg: z.enum(idTokenAlgorithms),
  subject_type: z.enum(subjectTypes),
  sector_identifier_uri: fetchedUriSchema,
}

export const createClientSchema: z.ZodType<CreateClientRequest> = z.strictObject({
  id: z.string().refine(isClientName),
  name: settings.name,
  profile: settings.profile.optional(),
  token_endpoint_auth_method: settings.token_endpoint_auth_method,
  dpop_bound_access_tokens: z.boolean().optional(),
  grant_types: settings.grant_types,
  redirect_uris: settings.redirect_uris.optional(),
  post_logout_redirect_uris: settings.post_logout_redirect_uris.optional(),
  backchannel_logout_uri: settings.backchannel_logout_uri.optional(),
  scopes: settings.scopes,
  audiences: settings.audiences.optional(),
  service_account_id: settings.service_account_id.optional(),
  jwks: settings.jwks.optional(),
  jwks_uri: settings.jwks_uri.optional(),
  logo_uri: settings.logo_uri.optional(),
  policy_uri: settings.policy_uri.optional(),
  tos_uri: settings.tos_uri.optional(),
  assurance: settings.assurance.optional(),
  id_token_signed_response_alg: settings.id_token_signed_response_alg.optional(),
  subject_type: settings.subject_type.optional(),
  sector_identifier_uri: settings.sector_identifier_uri.optional(),
})

export const changeClientSchema: z.ZodType<ChangeClientRequest> = z.strictObject({
  name: settings.name.optional(),
  profile: settings.profile.optional(),
  token_endpoint_auth_method: settings.token_endpoint_auth_method.optional(),
  dpop_bound_access_tokens: z.boolean().optional(),
  grant_types: settings.grant_types.optional(),
  redirect_uris: settings.redirect_uris.optional(),
  post_logout_redirect_uris: settings.post_logout_redirect_uris.optional(),
  backchannel_logout_uri: settings.backchannel_logout_uri.nullable().optional(),
  scopes: settings.scopes.optional(),
  audiences: settings.audiences.optional(),
  service_account_id: settings.service_account_id.nullable().optional(),
  jwks: settings.jwks.nullable().optional(),
  jwks_uri: settings.jwks_uri.nullable().optional(),
  logo_uri: settings.logo_uri.nullable().optional(),
  policy_uri: settings.policy_uri.nullable().optional(),
  tos_uri: settings.tos_uri.nullable().optional(),
  assurance: settings.assurance.nullable().optional(),
  id_token_signed_response_alg: settings.id_token_signed_response_alg.nullable().optional(),
  subject_type: settings.subject_type.optional(),
  sector_identifier_uri: settings.sector_identifier_uri.nullable().optional(),
  disabled: z.boolean().optional(),
})

export const rotateClientSecretSchema: z.ZodType<RotateClientSecretRequest> = z.strictObject({
  overlap_seconds: z.number().int().min(0).max(OVERLAP_SECONDS_MAX).optional(),
})

export const clientSchema: z.ZodType<ClientShape> = z.object({
  id: z.string(),
  name: z.string(),
  type: z.enum(['public', 'confidential']),
  profile: z.enum(clientProfiles),
  token_endpoint_auth_method: z.enum(clientAuthMethods),
  dpop_bound_access_tokens: z.boolean(),
  grant_types: z.array(z.enum(clientGrantTypes)),
  redirect_uris: z.array(z.string()),
  post_logout_redirect_uris: z.array(z.string()),
  backchannel_logout_uri: z.string().nullable(),
  scopes: z.array(z.string()),
  audiences: z.array(z.string()),
  service_account_id: z.string().nullable(),
  jwks: z.object({ keys: z.array(z.record(z.string(), z.string())) }).nullable(),
  jwks_uri: z.string().nullable(),
  logo_uri: z.string().nullable(),
  policy_uri: z.string().nullable(),
  tos_uri: z.string().nullable(),
  assurance: z.enum(assuranceLevels).nullable(),
  id_token_signed_response_alg: z.enum(idTokenAlgorithms).nullable(),
  subject_type: z.enum(subjectTypes),
  sector_identifier_uri: z.string().nullable(),
  registration: z.enum(clientRegistrations),
  first_used_at: nullableTimeSchema,
  disabled_at: nullableTimeSchema,
  created_at: timeSchema,
})

export const clientWithSecretSchema: z.ZodType<ClientWithSecretResponse> = z.object({
  client: clientSchema,
  client_secret: z.string().nullable(),
})
