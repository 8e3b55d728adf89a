/**
 * Taking back a sign-in that was not its owner's: the session with everything under it, and what it left behind.
 * Locks: the account, then sessions, grants and keys by id, then devices.
 */
import { isApiKeyId, isDeviceId, isGrantId, isSessionId, type SessionId } from '@countersign/protocol'
import { narrowed, narrowedOrNull } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { all, one, Rollback, type Row, run, type Script, type Statement } from '../script.ts'
import { lockAccount } from '../statements/accounts.ts'
import { endApiKeyAgain, selectApiKeysOfSession } from '../statements/api-keys.ts'
import { deleteConsentsOfSession, deleteUnusedCodesOfSession } from '../statements/authorizations.ts'
import { endTrust } from '../statements/devices.ts'
import { endGrant, selectGrantsOfSession } from '../statements/grants.ts'
import { deleteIdentitiesOfSession } from '../statements/identities.ts'
import { deleteInvitationsOfSession } from '../statements/invitations.ts'
import { deleteOpeningLinks } from '../statements/links.ts'
import * as sql from '../statements/not-me.ts'
import { requirePasswordChange, setPasswordPosition } from '../statements/passwords.ts'
import { selectOtherSessions } from '../statements/sessions.ts'
import { deleteTicketsOfAccount } from '../statements/tickets.ts'
import { moveAccount } from '../steps/accounts.ts'
import { writeAudit } from '../steps/audit.ts'
import { forgetDevice } from '../steps/devices.ts'
import { appendEntries } from '../steps/log.ts'
import { writeMails } from '../steps/mails.ts'
import { endAll } from '../steps/sessions.ts'

type Input = InputOf<'disownSession'>

export function* disownSession(input: Input): Script<AnswerOf<'disownSession'>> {
  const { account, linkDigest, nowMs, unlearned } = input
  if ((yield* one(lockAccount, account)) === null) return { kind: 'not_found' }
  if (linkDigest !== null && (yield* run(sql.useNotMeLink, linkDigest, account, nowMs)) === 0) {
    throw new Rollback({ kind: 'link_gone' })
  }
  // Half-way sign-ins prove the password that ends here; links may have been sent to a stranger's address.
  yield* run(deleteTicketsOfAccount, account)
  yield* run(deleteOpeningLinks, account)
  yield* run(endTrust, account)
  if (input.restore !== null) yield* moveAccount(account, input.restore, nowMs)
  yield* run(input.password === 'erase' ? sql.erasePassword : requirePasswordChange, account, nowMs)
  const { named, alive } = yield* readSessions(input)
  const sessions = yield* endAll(alive, nowMs)
  const grants = yield* endGrants(named, account, nowMs)
  const apiKeys = yield* endKeys(named, nowMs)
  for (const id of named) yield* leaveNothingOf(id, account)
  yield* forgetDevices(named, account)
  if (unlearned !== null) {
    yield* run(sql.replaceProfile, account, unlearned.signIns, unlearned.profile)
  }
  yield* writeAudit(input.audit)
  yield* writeMails(input.mails)
  const kills = [
    ...sessions.map((id) => ({ kind: 'session', id }) as const),
    ...grants.map((id) => ({ kind: 'grant', id }) as const),
    ...apiKeys.map((id) => ({ kind: 'api_key', id }) as const),
  ].map((node) => ({ node, effect: 'kill', atMs: nowMs, expiresAtMs: input.entryExpiresAtMs }) as const)
  const rule = { node: { kind: 'account', id: account }, effect: 'rule' } as const
  yield* appendEntries(
    [...kills, { ...rule, atMs: nowMs, expiresAtMs: input.entryExpiresAtMs }],
    // Whoever has proved the password before this is late.
    (position) => run(setPasswordPosition, account, position),
  )
  const ended = { sessions: sessions.length, grants: grants.length, apiKeys: apiKeys.length }
  return { kind: 'disowned', ended }
}

/** What would open a door again: the invited, and accounts elsewhere that were connected in it. */
function* leaveNothingOf(session: SessionId, account: Input['account']): Script<void> {
  yield* run(deleteInvitationsOfSession, session)
  yield* run(deleteIdentitiesOfSession, session, account)
}

/** All of them where none is named. One that has ended already has left something behind all the same. */
function* readSessions({ account, session, nowMs }: Input): Script<{
  named: readonly SessionId[]
  alive: readonly Row[]
}> {
  if (session !== null) {
    const found = (yield* one(sql.selectOrigin, session, account)) !== null
    return { named: found ? [session] : [], alive: found ? [{ id: session }] : [] }
  }
  const alive = yield* all(selectOtherSessions, account, '', nowMs)
  return { named: alive.map((row) => narrowed(row, 'id', isSessionId)), alive }
}

function* endGrants(sessions: readonly SessionId[], account: string, nowMs: number) {
  for (const id of sessions) {
    yield* run(deleteUnusedCodesOfSession, account, id)
    yield* run(deleteConsentsOfSession, account, id)
  }
  const found = (yield* ofSessions(sessions, selectGrantsOfSession)).map((row) =>
    narrowed(row, 'id', isGrantId),
  )
  for (const id of found) yield* run(endGrant, id, nowMs)
  return found
}

function* endKeys(sessions: readonly SessionId[], nowMs: number) {
  const found = (yield* ofSessions(sessions, selectApiKeysOfSession)).map((row) =>
    narrowed(row, 'id', isApiKeyId),
  )
  const ids = [...new Set(found)]
  for (const id of ids) yield* run(endApiKeyAgain, id, nowMs)
  return ids
}

/** In the order of their ids, as every transaction locks them. */
function* ofSessions(sessions: readonly SessionId[], statement: Statement): Script<readonly Row[]> {
  const rows: Row[] = []
  for (const id of sessions) rows.push(...(yield* all(statement, id)))
  return rows.sort((left, right) => (String(left.id) < String(right.id) ? -1 : 1))
}

function* forgetDevices(sessions: readonly SessionId[], account: Input['account']): Script<void> {
  for (const session of sessions) {
    const row = yield* one(sql.selectOrigin, session, account)
    const device = row === null ? null : narrowedOrNull(row, 'device_id', isDeviceId)
    if (device !== null) yield* forgetDevice(account, device)
  }
}
