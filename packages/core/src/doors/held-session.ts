/**
 * A session as the policy of this moment lets it live (ADR 0037). A level that was raised after a session was opened
 * holds for that session as well: its times are cut where it is looked at, and below the level it opens nothing. No row
 * has to be written for that, so that there is no moment at which some sessions are cut and others not yet.
 */
import type { AccountId, AssuranceLevel, RefusalReason } from '@countersign/protocol'
import type { Client } from '../clients/client.ts'
import type { Context } from '../context.ts'
import { cutTo, levelFor, meets } from '../factors/assurance.ts'
import type { Session } from '../sessions/session.ts'
import type { PrincipalView } from '../store-port.ts'

export type HeldSession =
  | { readonly ok: true; readonly session: Session }
  | { readonly ok: false; readonly reason: RefusalReason }

/** What is demanded of the principal now, whatever application asks. */
export const levelOf = ({ policy }: Context, { rights }: PrincipalView): AssuranceLevel | null =>
  levelFor(policy.assurance, rights.roles, null)

/** The session with the times that it has now, whether or not they are over. */
export const cutToPolicy = (context: Context, session: Session, principal: PrincipalView): Session =>
  cutTo(levelOf(context, principal), session, session.createdAtMs, session.lastSeenAtMs)

/** The session, where it lives, or why it does not. */
export function holdSession(
  context: Context,
  session: Session,
  principal: PrincipalView,
  nowMs: number,
): HeldSession {
  if (session.endedAtMs !== null) return { ok: false, reason: 'ended' }
  const held = cutToPolicy(context, session, principal)
  const late = lateness(held, nowMs)
  if (late !== null) return { ok: false, reason: late }
  const dead = principalDeath(principal, session.issuedPosition)
  if (dead !== null) return { ok: false, reason: dead }
  return meets(levelOf(context, principal), session.amr)
    ? { ok: true, session: held }
    : { ok: false, reason: 'below_level' }
}

/**
 * The same for an application with a level of its own. As where it asks for a sign-in, the last proof counts, however
 * old the session is. `usedAtMs`: when the application was last of use to its person, as far as that is known.
 */
export function holdInClient(
  context: Context,
  { session, principal, client }: { session: Session; principal: PrincipalView; client: Client },
  usedAtMs: number,
  nowMs: number,
): HeldSession {
  const held = holdSession(context, session, principal, nowMs)
  if (!held.ok) return held
  const level = client.assurance
  const inClient = cutTo(level, held.session, session.authTimeMs, Math.max(usedAtMs, session.lastSeenAtMs))
  const late = lateness(inClient, nowMs)
  if (late !== null) return { ok: false, reason: late }
  return meets(level, session.amr) ? { ok: true, session: inClient } : { ok: false, reason: 'below_level' }
}

function lateness({ expiresAtMs, idleExpiresAtMs }: Session, nowMs: number): 'expired' | 'idle' | null {
  if (expiresAtMs <= nowMs) return 'expired'
  return idleExpiresAtMs <= nowMs ? 'idle' : null
}

/** Why nothing issued at that position to that principal is good, or null. */
export function principalDeath(principal: PrincipalView, issuedPosition: number): RefusalReason | null {
  if (principal.rights.disabledAtMs !== null) return 'principal_disabled'
  return issuedPosition < principal.rights.floor ? 'revoked' : null
}

/** The sessions of an account that open something now, with the times that they have now. */
export async function listLivingSessions(
  context: Context,
  account: AccountId,
  nowMs: number,
): Promise<readonly Session[]> {
  const sessions = await context.store.listSessions(account, nowMs)
  const [first] = sessions
  if (first === undefined) return []
  const { found } = await context.store.readSessionForVerdict(first.id)
  if (found === null) return []
  return sessions.flatMap((session) => {
    const held = holdSession(context, session, found.principal, nowMs)
    return held.ok ? [held.session] : []
  })
}
