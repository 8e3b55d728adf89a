/** Signing in, sessions, and "who am I" on the wire. */
import {
  type MeResponse,
  nodeKinds,
  type SessionDetailShape,
  type SessionShape,
  type SignedInWithCodes,
  type SignInRequest,
} from '@countersign/protocol'
import { z } from 'zod'
import { emailSchema, nullableTimeSchema, passwordSchema, timeSchema } from './common.ts'
import { accountSchema } from './principals.ts'

export const signInSchema: z.ZodType<SignInRequest> = z.strictObject({
  email: emailSchema,
  password: passwordSchema,
  deliver: z.enum(['cookie', 'session_token', 'jwt']).optional(),
  refresh: z.enum(['body', 'cookie']).optional(),
})

const sessionFields = {
  id: z.string(),
  created_at: timeSchema,
  expires_at: timeSchema,
  idle_expires_at: timeSchema,
}
export const sessionSchema: z.ZodType<SessionShape> = z.object(sessionFields)
export const sessionDetailSchema: z.ZodType<SessionDetailShape> = z.object({
  ...sessionFields,
  current: z.boolean(),
  last_seen_at: timeSchema,
  signed_in_by: z.array(z.string()),
  device: z.string().nullable(),
  address: z.string().nullable(),
  last_address: z.string().nullable(),
  place: z.string().nullable(),
  user_agent: z.string().nullable(),
})

/** Absent members stay absent: which ones are there depends on `deliver`. */
export const signedInSchema: z.ZodType = z.object({
  status: z.literal('signed_in'),
  account: accountSchema,
  session: sessionSchema,
  csrf_token: z.string().optional(),
  session_token: z.string().optional(),
  access_token: z.string().optional(),
  token_type: z.literal('Bearer').optional(),
  expires_in: z.number().int().optional(),
  refresh_token: z.string().optional(),
  recovery_codes: z.array(z.string()).optional(),
}) satisfies z.ZodType<{ [K in keyof SignedInWithCodes]: SignedInWithCodes[K] | undefined }>

export const credentialShape: z.ZodType<MeResponse['credential']> = z.object({
  kind: z.enum(['session', 'access_token', 'api_key']),
  id: z.string(),
  path: z.array(z.object({ kind: z.enum(nodeKinds), id: z.string() })),
  expires_at: nullableTimeSchema,
  amr: z.array(z.string()),
  acr: z.string().nullable(),
  auth_time: nullableTimeSchema,
  jkt: z.string().optional(),
  /** Who acts (RFC 8693 §4.1). */
  act: z.looseObject({ sub: z.string(), client_id: z.string() }).optional(),
})
export const meSchema: z.ZodType = z.object({
  principal: z.object({
    kind: z.enum(['account', 'service_account']),
    id: z.string(),
    name: z.string().nullable(),
    email: z.string().optional(),
  }),
  credential: credentialShape,
  permissions: z.array(z.string()),
})
export const sessionsSchema: z.ZodType = z.object({
  items: z.array(sessionDetailSchema),
  next_cursor: z.null(),
})
export const endedSchema: z.ZodType<{ ended: number }> = z.object({ ended: z.number().int() })
