/**
 * Telling clients that a session has ended (OpenID Connect Back-Channel Logout 1.0 §2.5). Whatever ended it stands in
 * the revocation log, so the log is read for it, and no transaction that ends a session needs to think of clients. A
 * crash in between tells a client twice and never not at all.
 */

import { LOGOUT_EVENT } from '@countersign/protocol'
import { settleUntaken } from '../attempts.ts'
import type { AuditEvent } from '../audit/event.ts'
import { SYSTEM } from '../caller.ts'
import { isLive } from '../clients/client.ts'
import type { RequestFacts } from '../context.ts'
import {
  type ClaimedLogout,
  LOGOUT_BATCH,
  LOGOUT_LEASE_MS,
  LOGOUT_MARKS_MAX,
  LOGOUT_SECONDS,
  LOGOUT_TOKEN_SECONDS,
  nextLogoutAttemptMs,
} from '../logouts/logout.ts'
import type { LogoutSettlement, LogoutTeller, Told } from '../logouts-port.ts'
import { makeAudit, makeId } from '../make.ts'
import { idTokenKeyOf } from './id-token.ts'
import type { MintContext } from './mint.ts'

export type LogoutContext = Pick<MintContext, 'store' | 'clock' | 'random' | 'signer' | 'keys' | 'policy'>

/** Finds out from the log whom there is to tell. True where it has to be asked again. */
export function markLogouts({ store }: LogoutContext, nowMs: number): Promise<boolean> {
  return store.markLogouts({ nowMs, tellUntilMs: nowMs + LOGOUT_SECONDS * 1000, limit: LOGOUT_MARKS_MAX })
}

/** Tells one batch. Answers how each attempt ended; fewer than `LOGOUT_BATCH` means that nothing else was due. */
export async function deliverLogouts(
  context: LogoutContext,
  teller: LogoutTeller,
  facts: RequestFacts,
): Promise<readonly LogoutSettlement[]> {
  const { nowMs } = facts
  const claimed = await context.store.claimLogouts({
    nowMs,
    leasedUntilMs: nowMs + LOGOUT_LEASE_MS,
    limit: LOGOUT_BATCH,
  })
  return Promise.all(claimed.map((logout) => deliver(context, teller, logout, facts)))
}

async function deliver(
  context: LogoutContext,
  teller: LogoutTeller,
  logout: ClaimedLogout,
  facts: RequestFacts,
): Promise<LogoutSettlement> {
  const told = await attempt(context, teller, logout, facts.nowMs)
  const nowMs = context.clock.nowMs()
  const settlement = told === null ? dropped : settle(context, logout, told, { ...facts, nowMs })
  const { sessionId, clientId, attempt: number } = logout
  await context.store.settleLogout({ sessionId, clientId, attempt: number, nowMs, settlement })
  return settlement
}

const dropped: LogoutSettlement = { kind: 'dropped' }

/** Null where there is nobody to tell any more. */
async function attempt(
  context: LogoutContext,
  teller: LogoutTeller,
  logout: ClaimedLogout,
  nowMs: number,
): Promise<Told | null> {
  if (nowMs >= logout.expiresAtMs) return { kind: 'refused', reason: 'expired' }
  const client = await context.store.readClient(logout.clientId)
  if (client === null || !isLive(client) || client.backchannelLogoutUri === null) return null
  // Back-Channel Logout §2.6: signed as its ID tokens are.
  const key = await idTokenKeyOf(context, client)
  // With a shared key there are no ID tokens, and so nobody is signed in by one.
  if (key.algorithm === 'HS256') return null
  return teller.tell(
    client.backchannelLogoutUri,
    context.signer.signLogoutToken(key, toClaims(context, logout, nowMs)),
  )
}

/** A `jti` of its own for each attempt: a client that has seen one may refuse it as a replay. */
function toClaims(
  context: LogoutContext,
  { accountId, clientId, sessionId, told }: ClaimedLogout,
  nowMs: number,
): Parameters<LogoutContext['signer']['signLogoutToken']>[1] {
  const iat = Math.floor(nowMs / 1000)
  return {
    iss: context.policy.issuer,
    sub: told?.subject ?? accountId,
    aud: clientId,
    iat,
    exp: iat + LOGOUT_TOKEN_SECONDS,
    jti: makeId(context, 'jwt', nowMs),
    sid: told?.sid ?? sessionId,
    events: { [LOGOUT_EVENT]: {} },
  }
}

function settle(
  context: LogoutContext,
  logout: ClaimedLogout,
  told: Told,
  facts: RequestFacts,
): LogoutSettlement {
  if (told.kind === 'told') return told
  const { attempt: number, expiresAtMs } = logout
  const toFailed = (reason: string): AuditEvent => toFailure(context, logout, reason, facts)
  const one = { expiresAtMs, nowMs: facts.nowMs, nextMs: nextLogoutAttemptMs, toFailure: toFailed }
  return settleUntaken(context.random, told, { ...one, attempt: number })
}

function toFailure(
  context: LogoutContext,
  { sessionId, clientId, attempt: attempts }: ClaimedLogout,
  reason: string,
  facts: RequestFacts,
): AuditEvent {
  return makeAudit(context, facts, {
    type: 'client.logout_failed',
    outcome: 'failed',
    actor: SYSTEM,
    target: { kind: 'client', id: clientId },
    details: { session: sessionId, reason, attempts },
  })
}
