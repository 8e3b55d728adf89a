/** Opening and ending sessions, and the use that verifiers report. */
import type { EntryDraft, GrantDraft, Session } from '@countersign/core'
import { isSessionId, type SessionId } from '@countersign/protocol'
import { narrowed } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { all, one, type Row, run, type Script } from '../script.ts'
import { signInAccount } from '../statements/accounts.ts'
import { recordApiKeyUse } from '../statements/api-keys.ts'
import { insertGrant, insertRefreshToken } from '../statements/grants.ts'
import * as sql from '../statements/sessions.ts'
import { writeAudit } from '../steps/audit.ts'
import { appendEntries } from '../steps/log.ts'
import { addHours } from '../steps/usage.ts'

/** More than this over the cap, after the cap was lowered, is left to the next sign-in. */
const ENDED_OVER_CAP_MAX = 1000

export function* openSession(input: InputOf<'openSession'>): Script<AnswerOf<'openSession'>> {
  const { session, grant, audit } = input
  const { accountId, createdAtMs, issuedPosition } = session
  // The account's row stays locked: two sign-ins at once would otherwise both find room under the cap.
  const account = yield* one(signInAccount, accountId, createdAtMs, issuedPosition)
  if (account === null) return { kind: 'account_gone' }
  yield* insertSession(session, input.digest)
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
  yield* writeAudit(audit)
  yield* appendEntries(toKills(endedOverCap, createdAtMs, input.entryExpiresAtMs))
  return { kind: 'opened', endedOverCap }
}

function* insertSession(session: Session, digest: string): Script<void> {
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
  )
}

const FIRST_GENERATION = 1

function* insertFirstToken({ grant, refreshDigest }: GrantDraft): Script<void> {
  yield* run(
    insertGrant,
    grant.id,
    grant.principalId,
    grant.clientId,
    grant.sessionId,
    JSON.stringify(grant.scope),
    JSON.stringify(grant.audiences),
    grant.createdAtMs,
    grant.expiresAtMs,
    grant.endedAtMs,
    grant.issuedPosition,
  )
  // The first refresh token lives as long as its family may.
  yield* run(
    insertRefreshToken,
    grant.id,
    FIRST_GENERATION,
    refreshDigest,
    grant.createdAtMs,
    grant.expiresAtMs,
  )
}

/** Ends sessions in the order of their ids, as every transaction does that locks several of them. */
function* endAll(rows: readonly Row[], nowMs: number): Script<readonly SessionId[]> {
  const ended: SessionId[] = []
  for (const id of rows.map((row) => narrowed(row, 'id', isSessionId)).sort()) {
    if ((yield* run(sql.endSession, id, nowMs)) === 1) ended.push(id)
  }
  return ended
}

const toKills = (ids: readonly SessionId[], atMs: number, expiresAtMs: number): EntryDraft[] =>
  ids.map((id) => ({ node: { kind: 'session', id }, effect: 'kill', atMs, expiresAtMs }))

export function* endOtherSessions(input: InputOf<'endOtherSessions'>): Script<AnswerOf<'endOtherSessions'>> {
  const others = yield* all(sql.selectOtherSessions, input.account, input.keep ?? '', input.nowMs)
  const ended = yield* endAll(others, input.nowMs)
  yield* writeAudit(input.audit)
  yield* appendEntries(toKills(ended, input.nowMs, input.entryExpiresAtMs))
  return { ended }
}

export function* recordUse(input: InputOf<'recordUse'>): Script<void> {
  for (const { id, atMs, address } of inOrder(input.sessions)) {
    yield* run(sql.recordSessionUse, id, atMs, address)
  }
  for (const { id, atMs, address, count } of inOrder(input.apiKeys)) {
    yield* run(recordApiKeyUse, id, atMs, address, count)
  }
  yield* addHours(input.hours ?? [])
}

/** By id, so that two reports which name the same rows cannot wait for each other. */
const inOrder = <T extends { readonly id: string }>(uses: readonly T[]): readonly T[] =>
  [...uses].sort((left, right) => (left.id < right.id ? -1 : 1))
