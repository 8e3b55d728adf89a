/** The OAuth endpoints on the wire. RFC 6749 §3.2: unknown parameters are ignored there, not refused. */
import { z } from 'zod'

const parameter = z.string().min(1).max(8192)

export interface TokenParameters {
  grant_type?: string | undefined
  code?: string | undefined
  redirect_uri?: string | undefined
  code_verifier?: string | undefined
  device_code?: string | undefined
  client_id?: string | undefined
  client_secret?: string | undefined
  client_assertion?: string | undefined
  client_assertion_type?: string | undefined
  refresh_token?: string | undefined
  scope?: string | undefined
  subject_token?: string | undefined
  subject_token_type?: string | undefined
  actor_token?: string | undefined
  actor_token_type?: string | undefined
  requested_token_type?: string | undefined
  audience?: string | undefined
  resource?: string | undefined
}
export const tokenSchema: z.ZodType<TokenParameters> = z.object({
  grant_type: parameter.optional(),
  code: parameter.optional(),
  redirect_uri: parameter.optional(),
  code_verifier: parameter.optional(),
  device_code: parameter.optional(),
  client_id: parameter.optional(),
  client_secret: parameter.optional(),
  client_assertion: parameter.optional(),
  client_assertion_type: parameter.optional(),
  refresh_token: parameter.optional(),
  scope: parameter.optional(),
  subject_token: parameter.optional(),
  subject_token_type: parameter.optional(),
  actor_token: parameter.optional(),
  actor_token_type: parameter.optional(),
  requested_token_type: parameter.optional(),
  audience: parameter.optional(),
  resource: parameter.optional(),
})
export const tokenResponseSchema: z.ZodType = z.object({
  access_token: z.string(),
  token_type: z.enum(['Bearer', 'DPoP']),
  expires_in: z.number().int(),
  scope: z.string(),
  refresh_token: z.string().optional(),
  id_token: z.string().optional(),
  issued_token_type: z.string().optional(),
})
export const oauthErrorSchema: z.ZodType = z.object({ error: z.string(), error_description: z.string() })

/** RFC 7009 §2.1 and RFC 7662 §2.1. The hint is only a hint. */
export interface TokenQuestion {
  token?: string | undefined
  token_type_hint?: string | undefined
  client_id?: string | undefined
  client_secret?: string | undefined
  client_assertion?: string | undefined
  client_assertion_type?: string | undefined
}
export const tokenQuestionSchema: z.ZodType<TokenQuestion> = z.object({
  token: parameter.optional(),
  token_type_hint: parameter.optional(),
  client_id: parameter.optional(),
  client_secret: parameter.optional(),
  client_assertion: parameter.optional(),
  client_assertion_type: parameter.optional(),
})
/** RFC 7662 §2.2: nothing but `active` for what is not. */
export const introspectionSchema: z.ZodType = z.object({ active: z.boolean() }).catchall(z.unknown())
