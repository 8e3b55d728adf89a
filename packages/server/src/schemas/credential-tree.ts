/** The credential tree of a principal and the verifiers of a node, on the wire. */
import type {
  CredentialTreeResponse,
  GrantShape,
  IssuedTokensShape,
  VerifierShape,
  VerifiersResponse,
} from '@countersign/protocol'
import { z } from 'zod'
import { timeSchema } from './common.ts'
import { sessionDetailSchema } from './sessions.ts'

export const grantSchema: z.ZodType<GrantShape> = z.object({
  id: z.string(),
  client_id: z.string(),
  session_id: z.string().nullable(),
  permissions: z.array(z.string()),
  audiences: z.array(z.string()),
  created_at: timeSchema,
  expires_at: timeSchema,
})

const issuedTokensSchema: z.ZodType<IssuedTokensShape> = z.object({
  under: z.object({
    kind: z.enum(['account', 'service_account', 'session', 'grant', 'api_key']),
    id: z.string(),
  }),
  count: z.number().int(),
  latest_at: timeSchema,
  ends_by: timeSchema,
})

export const credentialTreeSchema: z.ZodType<CredentialTreeResponse> = z.object({
  sessions: z.array(sessionDetailSchema),
  grants: z.array(grantSchema),
  grants_complete: z.boolean(),
  access_tokens: z.array(issuedTokensSchema),
  access_tokens_complete: z.boolean(),
})

const verifierSchema: z.ZodType<VerifierShape> = z.object({
  label: z.string(),
  own: z.boolean(),
  principal: z.object({ kind: z.enum(['account', 'service_account']), id: z.string() }).nullable(),
  position: z.number().int(),
  behind: z.number().int(),
  asked_ms_ago: z.number().int(),
})

export const verifiersSchema: z.ZodType<VerifiersResponse> = z.object({
  items: z.array(verifierSchema),
  next_cursor: z.null(),
  count: z.number().int(),
  position: z.number().int(),
  lease_ms: z.number().int(),
  knows_all: z.boolean(),
})
