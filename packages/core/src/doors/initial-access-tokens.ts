/** What administrators do with initial access tokens (RFC 7591 §1.2): give one away, and take it back. */
import {
  type InitialAccessTokenId,
  permissions as own,
  type Secret,
  toInitialAccessToken,
} from '@countersign/protocol'
import { type Caller, may, toActor } from '../caller.ts'
import { INITIAL_ACCESS_TOKEN_SECONDS, type InitialAccessToken } from '../clients/registration.ts'
import type { Context, RequestFacts } from '../context.ts'
import { makeAudit, makeId, makeSecret } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'

export interface InitialAccessTokenInput {
  readonly name: string
  readonly usesMax?: number | undefined
  readonly lifetimeSeconds?: number | undefined
}

export async function createInitialAccessToken(
  context: Context,
  caller: Caller,
  input: InitialAccessTokenInput,
  facts: RequestFacts,
): Promise<Outcome<{ token: InitialAccessToken; secret: Secret }>> {
  if (!may(caller, own.clientsWrite)) return refuse('permission_denied')
  const { name, usesMax = 1, lifetimeSeconds = INITIAL_ACCESS_TOKEN_SECONDS } = input
  const secret = makeSecret(context.random)
  const token: InitialAccessToken = {
    id: makeId(context, 'irt', facts.nowMs),
    name,
    uses: 0,
    usesMax,
    createdBy: caller.principal.id,
    createdAtMs: facts.nowMs,
    expiresAtMs: facts.nowMs + lifetimeSeconds * 1000,
    lastUsedAtMs: null,
  }
  await context.store.createInitialAccessToken({
    token,
    digest: context.secrets.digest(secret),
    audit: makeAudit(context, facts, {
      type: 'initial_access_token.created',
      actor: toActor(caller),
      target: { kind: 'initial_access_token', id: token.id },
      details: { name, uses_max: usesMax, expires_at: token.expiresAtMs },
    }),
  })
  return { ok: true, token, secret: toInitialAccessToken(context.policy.credentialStyle, secret) }
}

/** Nothing registers with it from then on; what has, stays, and is ended one by one. */
export async function endInitialAccessToken(
  context: Context,
  caller: Caller,
  id: InitialAccessTokenId,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  if (!may(caller, own.clientsWrite)) return refuse('permission_denied')
  const ended = await context.store.endInitialAccessToken({
    id,
    audit: makeAudit(context, facts, {
      type: 'initial_access_token.ended',
      actor: toActor(caller),
      target: { kind: 'initial_access_token', id },
    }),
  })
  return ended === 'ended' ? { ok: true } : refuse('not_found')
}
