/** A person's own sessions: list, end one, end the others, sign out. */
import type { AccountId, SessionId } from '@countersign/protocol'
import { type Caller, speaksForPrincipal, toActor } from '../caller.ts'
import { type Context, entryExpiry, type RequestFacts } from '../context.ts'
import { makeAudit } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import { listLivingSessions } from './held-session.ts'
import { accountOf } from './principals.ts'
import { revokeNode } from './revoke.ts'

/** The session that the caller's credential stands under, if any. */
export function sessionOf(caller: Caller): SessionId | null {
  const node = caller.verdict.credential.path.find((one) => one.kind === 'session')
  return node === undefined ? null : (node.id as SessionId)
}

export async function listOwnSessions(
  context: Context,
  caller: Caller,
  facts: RequestFacts,
): Promise<Outcome<{ sessions: readonly Session[] }>> {
  const account = ownAccount(caller)
  if (account === null) return refuse('permission_denied')
  return { ok: true, sessions: await listLivingSessions(context, account, facts.nowMs) }
}

/** Only the account itself sees and ends its sessions here; a key or a program does not. */
function ownAccount(caller: Caller): AccountId | null {
  return speaksForPrincipal(caller) ? accountOf(caller) : null
}

export async function endOwnSession(
  context: Context,
  caller: Caller,
  id: SessionId,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const account = ownAccount(caller)
  if (account === null) return refuse('permission_denied')
  const owner = await context.store.readOwner({ kind: 'session', id })
  // Someone else's session is answered like none at all (ASVS 8.2.2).
  if (owner === null || owner.owner !== account) return refuse('not_found')
  return endSession(context, caller, id, facts)
}

/** Ends the session that the presented credential stands under, with everything else under it. */
export async function signOut(
  context: Context,
  caller: Caller,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const id = speaksForPrincipal(caller) ? sessionOf(caller) : null
  if (id === null) return refuse('permission_denied')
  return endSession(context, caller, id, facts)
}

function endSession(
  context: Context,
  caller: Caller,
  id: SessionId,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  return revokeNode(context, { kind: 'session', id }, { actor: toActor(caller), reason: null }, facts)
}

export async function endOtherSessions(
  context: Context,
  caller: Caller,
  facts: RequestFacts,
): Promise<Outcome<{ ended: number }>> {
  const account = ownAccount(caller)
  if (account === null) return refuse('permission_denied')
  const { ended } = await context.store.endOtherSessions({
    account,
    keep: sessionOf(caller),
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'session.others_ended',
      actor: toActor(caller),
      target: { kind: 'account', id: account },
    }),
  })
  await context.feed.catchUp()
  return { ok: true, ended: ended.length }
}
