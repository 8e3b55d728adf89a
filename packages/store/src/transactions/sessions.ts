/** Opening and ending sessions, and the use that verifiers report. */
import type { AnswerOf, InputOf } from '../port.ts'
import { readNodesBehind } from '../reads/aliases.ts'
import { all, one, run, type Script } from '../script.ts'
import { recordApiKeyUse } from '../statements/api-keys.ts'
import { endTrust, selectTrusted } from '../statements/devices.ts'
import * as sql from '../statements/sessions.ts'
import { writeAudit } from '../steps/audit.ts'
import { appendEntries } from '../steps/log.ts'
import { endAll, lockToSignIn, openUnderLock, toKills } from '../steps/sessions.ts'
import { addHours } from '../steps/usage.ts'

export function* openSession(input: InputOf<'openSession'>): Script<AnswerOf<'openSession'>> {
  const { session, trusted } = input
  if (!(yield* lockToSignIn(session))) return { kind: 'account_gone' }
  // Its trust may have ended while the password was being checked.
  if (
    trusted !== undefined &&
    (yield* one(selectTrusted, trusted, session.accountId, session.createdAtMs)) === null
  ) {
    return { kind: 'account_gone' }
  }
  return yield* openUnderLock(input)
}

export function* endOtherSessions(input: InputOf<'endOtherSessions'>): Script<AnswerOf<'endOtherSessions'>> {
  yield* run(endTrust, input.account)
  const others = yield* all(sql.selectOtherSessions, input.account, input.keep ?? '', input.nowMs)
  const ended = yield* endAll(others, input.nowMs)
  yield* writeAudit(input.audit)
  yield* appendEntries(toKills(ended, input.nowMs, input.entryExpiresAtMs))
  return { ended }
}

export function* recordUse(input: InputOf<'recordUse'>): Script<void> {
  const { sessions, apiKeys, hours = [] } = input
  // Tokens of clients with pairwise subjects name their session, and a key above it, as their client knows them.
  const behind = yield* readNodesBehind([...sessions, ...apiKeys].map(({ id }) => id))
  for (const { id, atMs, address } of inOrder(renamed(sessions, behind))) {
    yield* run(sql.recordSessionUse, id, atMs, address)
  }
  for (const { id, atMs, address, count } of inOrder(renamed(apiKeys, behind))) {
    yield* run(recordApiKeyUse, id, atMs, address, count)
  }
  yield* addHours(renamed(hours, behind))
}

/** By id, so that two reports which name the same rows cannot wait for each other. */
const inOrder = <T extends { readonly id: string }>(uses: readonly T[]): readonly T[] =>
  [...uses].sort((left, right) => (left.id < right.id ? -1 : 1))

const renamed = <Id extends string, T extends { readonly id: Id }>(
  uses: readonly T[],
  behind: ReadonlyMap<string, string>,
): readonly T[] => uses.map((use) => ({ ...use, id: behind.get(use.id) ?? use.id }))
