/** Passkeys on the wire. What browsers write has members that nobody here reads; those are dropped. */
import type {
  AddedPasskeyResponse,
  AddPasskeyRequest,
  PasskeyAssertion,
  PasskeyCreationResponse,
  PasskeyRegistration,
  PasskeyRequestResponse,
  PasskeyShape,
  PasskeysResponse,
  PasskeyTicketRequest,
  RenamePasskeyRequest,
  SignInPasskeyRequest,
} from '@countersign/protocol'
import { z } from 'zod'
import { nameSchema, nullableTimeSchema, ticketSchema, timeSchema } from './common.ts'

const bytes = (charactersMax: number): z.ZodString =>
  z
    .string()
    .min(1)
    .max(charactersMax)
    .regex(/^[\w-]+$/)

/** 1023 bytes (WebAuthn §4, Credential ID). */
const credentialIdSchema = bytes(1364)
const clientDataSchema = bytes(4096)
/** 64 bytes (§5.4.3). */
const userHandleSchema = bytes(86)
const TRANSPORTS_MAX = 10
const transportSchema = z
  .string()
  .max(32)
  .regex(/^[a-z-]+$/)

export const assertionSchema: z.ZodType<PasskeyAssertion> = z.object({
  id: credentialIdSchema,
  rawId: credentialIdSchema,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: clientDataSchema,
    authenticatorData: bytes(8192),
    signature: bytes(2048),
    userHandle: userHandleSchema.nullable().optional(),
  }),
})

export const registrationSchema: z.ZodType<PasskeyRegistration> = z.object({
  id: credentialIdSchema,
  rawId: credentialIdSchema,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: clientDataSchema,
    attestationObject: bytes(16_384),
    transports: z.array(transportSchema).max(TRANSPORTS_MAX).optional(),
  }),
})

const descriptorSchema = z.object({
  id: z.string(),
  type: z.literal('public-key'),
  transports: z.array(z.string()).optional(),
})

export const creationOptionsSchema: z.ZodType = z.object({
  options: z.object({
    rp: z.object({ id: z.string(), name: z.string() }),
    user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
    challenge: z.string(),
    pubKeyCredParams: z.array(z.object({ type: z.literal('public-key'), alg: z.number().int() })),
    timeout: z.number().int(),
    excludeCredentials: z.array(descriptorSchema),
    authenticatorSelection: z.object({
      residentKey: z.literal('required'),
      requireResidentKey: z.literal(true),
      userVerification: z.literal('preferred'),
    }),
    attestation: z.literal('none'),
    extensions: z.object({ credProps: z.literal(true) }),
  }),
}) satisfies z.ZodType<Loose<PasskeyCreationResponse>>

export const requestOptionsSchema: z.ZodType = z.object({
  options: z.object({
    challenge: z.string(),
    rpId: z.string(),
    timeout: z.number().int(),
    allowCredentials: z.array(descriptorSchema),
    userVerification: z.enum(['required', 'preferred']),
  }),
}) satisfies z.ZodType<Loose<PasskeyRequestResponse>>

/** Members that may be missing are written as such here, and as undefined by the schema. */
type Loose<T> = T extends readonly (infer One)[]
  ? Loose<One>[]
  : T extends object
    ? { [K in keyof T]: Loose<T[K]> | (undefined extends T[K] ? undefined : never) }
    : T

export const signInPasskeySchema: z.ZodType<SignInPasskeyRequest> = z.strictObject({
  credential: assertionSchema,
  deliver: z.enum(['cookie', 'session_token', 'jwt']).optional(),
  refresh: z.enum(['body', 'cookie']).optional(),
})

export const passkeyTicketSchema: z.ZodType<PasskeyTicketRequest> = z.strictObject({ ticket: ticketSchema })

export const addPasskeySchema: z.ZodType<AddPasskeyRequest> = z.strictObject({
  credential: registrationSchema,
  name: nameSchema.optional(),
})
export const renamePasskeySchema: z.ZodType<RenamePasskeyRequest> = z.strictObject({ name: nameSchema })

export const passkeySchema: z.ZodType<PasskeyShape> = z.object({
  id: z.string(),
  kind: z.literal('passkey'),
  name: z.string().nullable(),
  created_at: timeSchema,
  last_used_at: nullableTimeSchema,
  synced: z.boolean(),
  backed_up: z.boolean(),
  user_verified: z.boolean(),
  transports: z.array(z.string()),
  aaguid: z.string(),
})
export const passkeysSchema: z.ZodType<PasskeysResponse> = z.object({
  items: z.array(passkeySchema),
  next_cursor: z.null(),
})
export const addedPasskeySchema: z.ZodType = z.object({
  passkey: passkeySchema,
  recovery_codes: z.array(z.string()).optional(),
}) satisfies z.ZodType<{ [K in keyof AddedPasskeyResponse]: AddedPasskeyResponse[K] | undefined }>
