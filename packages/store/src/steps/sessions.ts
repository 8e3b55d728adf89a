/** Opening sessions, which more than one transaction does. */
import type { EntryDraft, Grant, GrantDraft, OpenedSession, Session, SessionDraft } from '@countersign/core'
import { type DeviceId, isSessionId, type SessionId } from '@countersign/protocol'
import { narrowed } from '../columns.ts'
import { all, one, type Row, run, type Script } from '../script.ts'
import { signInAccount, signInAccountByPassword } from '../statements/accounts.ts'
import { insertGrant, insertRefreshToken } from '../statements/grants.ts'
import * as sql from '../statements/sessions.ts'
import { writeAudit } from './audit.ts'
import { endFailuresAtSignIn, seeDevice } from './devices.ts'
import { appendEntries } from './log.ts'
import { takeBackNetwork } from './networks.ts'
import { writeJudged, writeLearned } from './risk.ts'

/** More than this over the cap, after the cap was lowered, is left to the next sign-in. */
const ENDED_OVER_CAP_MAX = 1000

/**
 * Locks the account if it may still be given a session at that position. It stays locked: two sign-ins at once
 * would otherwise both find room under the cap.
 */
export function* lockToSignIn(session: Session): Script<boolean> {
  const { accountId, createdAtMs, issuedPosition, amr } = session
  const statement = amr.includes('pwd') ? signInAccountByPassword : signInAccount
  return (yield* one(statement, accountId, createdAtMs, issuedPosition)) !== null
}

/**
 * Writes the session under its locked account, knows the device from then on, and ends those sessions over the cap.
 * Appends to the log last.
 */
export function* openUnderLock(input: SessionDraft): Script<OpenedSession> {
  const opened = yield* writeUnderLock(input)
  yield* appendEntries(toKills(opened.endedOverCap, input.session.createdAtMs, input.entryExpiresAtMs))
  return opened
}

/** The same without the log: whoever calls it appends a kill for each that was ended. */
export function* writeUnderLock(input: SessionDraft): Script<OpenedSession> {
  const { session, grant } = input
  const { accountId, createdAtMs } = session
  const device = yield* seeDevice(accountId, input.device, createdAtMs)
  yield* endFailuresAtSignIn(accountId, device)
  if (input.proved !== undefined) yield* takeBackNetwork(input.proved)
  yield* insertSession(session, input.digest, device)
  if (grant !== null) yield* insertFirstToken(grant)
  const room = input.sessionsMax - 1
  const over = yield* all(
    sql.selectSessionsOverCap,
    accountId,
    session.id,
    createdAtMs,
    ENDED_OVER_CAP_MAX,
    Math.max(0, room),
  )
  const endedOverCap = yield* endAll(over, createdAtMs)
  yield* writeAudit(input.audit)
  yield* writeJudged(input.judged)
  yield* writeLearned(input.learned)
  return { kind: 'opened', endedOverCap, device }
}

function* insertSession(session: Session, digest: string, device: DeviceId | null): Script<void> {
  yield* run(
    sql.insertSession,
    digest,
    session.id,
    session.accountId,
    session.createdAtMs,
    session.expiresAtMs,
    session.idleSeconds,
    session.idleExpiresAtMs,
    session.lastSeenAtMs,
    session.lastAddress,
    session.endedAtMs,
    session.issuedPosition,
    session.authTimeMs,
    JSON.stringify(session.amr),
    session.acr,
    session.delivery,
    session.device,
    session.userAgent,
    session.address,
    session.place,
    device,
  )
}

const FIRST_GENERATION = 1

function* insertFirstToken({ grant, refreshDigest }: GrantDraft): Script<void> {
  yield* insertOpenedGrant(grant)
  // The first refresh token lives as long as its family may.
  yield* insertTokenOfGrant(grant, refreshDigest, grant.expiresAtMs)
}

/** `openedIn`: the session in which it was allowed, also where the grant outlives that. */
export function* insertOpenedGrant(grant: Grant, openedIn: SessionId | null = grant.sessionId): Script<void> {
  yield* run(
    insertGrant,
    grant.id,
    grant.principalId,
    grant.clientId,
    grant.sessionId,
    JSON.stringify(grant.scope),
    JSON.stringify(grant.identityScopes),
    JSON.stringify(grant.audiences),
    grant.createdAtMs,
    grant.expiresAtMs,
    grant.endedAtMs,
    grant.issuedPosition,
    grant.jkt,
    openedIn,
  )
}

export function* insertTokenOfGrant(grant: Grant, digest: string, expiresAtMs: number): Script<void> {
  yield* run(insertRefreshToken, grant.id, FIRST_GENERATION, digest, grant.createdAtMs, expiresAtMs)
}

/** A session that goes on, and is written to in its turn. */
export interface KeptSession {
  readonly id: SessionId
  write(): Script<void>
}

/** Ends sessions in the order of their ids, as every transaction does that locks several of them. */
export function* endAll(
  rows: readonly Row[],
  nowMs: number,
  kept: KeptSession | null = null,
): Script<readonly SessionId[]> {
  const ended: SessionId[] = []
  const ids = rows.map((row) => narrowed(row, 'id', isSessionId))
  for (const id of [...ids, ...(kept === null ? [] : [kept.id])].sort()) {
    if (id === kept?.id) yield* kept.write()
    else if ((yield* run(sql.endSession, id, nowMs)) === 1) ended.push(id)
  }
  return ended
}

export const toKills = (ids: readonly SessionId[], atMs: number, expiresAtMs: number): EntryDraft[] =>
  ids.map((id) => ({ node: { kind: 'session', id }, effect: 'kill', atMs, expiresAtMs }))
