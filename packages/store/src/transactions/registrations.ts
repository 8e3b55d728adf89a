/** Clients that register themselves, and the tokens that let them. */
import type { EntryDraft } from '@countersign/core'
import { text } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { all, one, Rollback, run, type Script } from '../script.ts'
import { deleteClientSecrets } from '../statements/clients.ts'
import * as sql from '../statements/registrations.ts'
import { takeLock } from '../statements/roles.ts'
import { writeAudit } from '../steps/audit.ts'
import { insertNewClient } from '../steps/clients.ts'
import { appendEntries } from '../steps/log.ts'

export function* createInitialAccessToken(input: InputOf<'createInitialAccessToken'>): Script<void> {
  const { token } = input
  yield* run(
    sql.insertInitialAccessToken,
    token.id,
    token.name,
    token.uses,
    token.usesMax,
    token.createdBy,
    token.createdAtMs,
    token.expiresAtMs,
    token.lastUsedAtMs,
    input.digest,
  )
  yield* writeAudit(input.audit)
}

export function* endInitialAccessToken(
  input: InputOf<'endInitialAccessToken'>,
): Script<AnswerOf<'endInitialAccessToken'>> {
  if ((yield* run(sql.deleteInitialAccessToken, input.id)) === 0) return 'gone'
  yield* writeAudit(input.audit)
  return 'ended'
}

export function* registerClient(input: InputOf<'registerClient'>): Script<AnswerOf<'registerClient'>> {
  // Two at once would otherwise both find the last place.
  yield* run(takeLock, 'registrations')
  if (input.unusedMax < 1 || (yield* one(sql.selectLastPlace, input.unusedMax - 1)) !== null) return 'full'
  const { tokenDigest, nowMs } = input
  if (tokenDigest !== null && (yield* one(sql.useInitialAccessToken, tokenDigest, nowMs)) === null) {
    return 'token_gone'
  }
  // The id is random: one that is taken is a fault, and uses up no token.
  if (!(yield* insertNewClient(input))) throw new Rollback('full')
  yield* writeAudit(input.audit)
  return 'registered'
}

export function* sweepRegistrations(input: InputOf<'sweepRegistrations'>): Script<number> {
  yield* run(sql.sweepInitialAccessTokens, input.tokensBeforeMs, input.limit)
  const swept: EntryDraft[] = []
  for (const row of yield* all(sql.selectUnusedClients, input.clientsBeforeMs, input.limit)) {
    const id = text(row, 'id')
    if ((yield* run(sql.deleteUnusedClient, id)) === 0) continue
    yield* run(deleteClientSecrets, id)
    // Nothing was issued to it; the log tells of every row that a verdict could read, this one too.
    swept.push({
      node: { kind: 'client', id },
      effect: 'rule',
      atMs: input.nowMs,
      expiresAtMs: input.entryExpiresAtMs,
    })
  }
  yield* appendEntries(swept)
  return swept.length
}
