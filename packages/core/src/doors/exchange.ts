/**
 * Exchanging an API key for an access token (RFC 8693): the token holds at most what the key holds, lives at
 * most as long, carries the key's address list, and dies with the key.
 */
import { allows, FIRST_PARTY_CLIENT, type Permission, type RefusalReason } from '@countersign/protocol'
import { isAddressAllowed } from '@countersign/verifier'
import type { RequestFacts } from '../context.ts'
import { makeAudit } from '../make.ts'
import { decide } from './decide.ts'
import { type MintContext, type MintedToken, mintAccessToken } from './mint.ts'
import { asTheyAre } from './subjects.ts'

export interface ExchangeInput {
  readonly apiKey: string
  /** Null asks for everything that the key holds. */
  readonly scope: readonly Permission[] | null
  /** `audience` or `resource` parameters; empty asks for all of the key's. */
  readonly audiences: readonly string[]
  /** The key that was proven with the request; null for none. */
  readonly jkt: string | null
}

export type Exchanged =
  | { readonly ok: true; readonly access: MintedToken }
  | {
      readonly ok: false
      readonly error: 'invalid_request' | 'invalid_scope' | 'invalid_target'
      readonly reason: RefusalReason
    }

export async function exchangeApiKey(
  context: MintContext,
  input: ExchangeInput,
  facts: RequestFacts,
): Promise<Exchanged> {
  const decision = await decide(context, input.apiKey, facts.nowMs)
  // RFC 8693 §2.2.2: a subject token that is invalid for any reason is `invalid_request`.
  if (!decision.ok) return { ok: false, error: 'invalid_request', reason: decision.reason }
  const { verdict, facts: decided } = decision
  const { apiKey, head, principal } = decided
  if (apiKey === null) return { ok: false, error: 'invalid_request', reason: 'wrong_type' }
  if (!isAddressAllowed(facts.address, apiKey.allowAddresses)) {
    return { ok: false, error: 'invalid_request', reason: 'bad_claims' }
  }
  const permissions = input.scope ?? verdict.permissions
  if (!permissions.every((permission) => allows(verdict.permissions, permission))) {
    return { ok: false, error: 'invalid_scope', reason: 'bad_claims' }
  }
  const audiences = input.audiences.length > 0 ? input.audiences : verdict.audiences
  if (!audiences.every((audience) => verdict.audiences.includes(audience))) {
    return { ok: false, error: 'invalid_target', reason: 'wrong_audience' }
  }
  // During an overlap the older secret ends before the key does, and what it was exchanged for ends with it.
  const parent = { ...apiKey, expiresAtMs: verdict.credential.expiresAtMs }
  const order = {
    head,
    principal,
    clientId: FIRST_PARTY_CLIENT,
    naming: asTheyAre,
    permissions,
    audiences,
    session: null,
    grant: null,
    apiKey: parent,
    jkt: input.jkt,
  }
  const access = mintAccessToken(context, order, facts.nowMs)
  if (access === null) return { ok: false, error: 'invalid_request', reason: 'expired' }
  await context.gathered.append(
    makeAudit(context, facts, {
      type: 'api_key.exchanged',
      actor: { kind: principal.kind, id: principal.id, credential: apiKey.id },
      target: { kind: 'api_key', id: apiKey.id },
    }),
  )
  return { ok: true, access }
}
