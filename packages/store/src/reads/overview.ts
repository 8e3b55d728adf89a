/** Reading what an overview shows. */
import {
  ADMINISTRATOR,
  ID_RANDOM_BYTES,
  isAccountId,
  isApiKeyId,
  isClientId,
  isPrincipalId,
  toId,
} from '@countersign/protocol'
import { integer, integerOrNull, narrowed, text } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { all, one, type Script } from '../script.ts'
import { listFingerprints } from '../statements/housekeeping.ts'
import * as sql from '../statements/overview.ts'

/** An event's id is made when the event is; a day is more than two clocks ever differ. */
const ID_SLACK_MS = 86_400_000

export function* countEvents({
  type,
  sinceMs,
  partMs,
}: InputOf<'countEvents'>): Script<AnswerOf<'countEvents'>> {
  const oldest = toId('evt', Math.max(0, sinceMs - ID_SLACK_MS), new Uint8Array(ID_RANDOM_BYTES))
  const rows = yield* all(sql.countEventsByPart, type, oldest, sinceMs, partMs)
  const counts = rows.map((row) => ({ atMs: integer(row, 'part') * partMs, count: integer(row, 'events') }))
  return { counts, isCut: counts.reduce((sum, { count }) => sum + count, 0) >= sql.EVENTS_MAX }
}

export function* readAttention(input: InputOf<'readAttention'>): Script<AnswerOf<'readAttention'>> {
  const { nowMs, unusedSinceMs, oldSinceMs, mailsSinceMs } = input
  const keys = yield* one(sql.countKeysToLookAt, nowMs, unusedSinceMs, oldSinceMs)
  const clients = yield* one(sql.countClientsToLookAt, oldSinceMs)
  const administrators = yield* all(sql.listBareAdministrators, ADMINISTRATOR)
  const mails = yield* one(sql.countTroubledMails, mailsSinceMs)
  if (keys === null || clients === null || mails === null) throw new Error('A count has no row.')
  return {
    keysUnused: integer(keys, 'unused'),
    keysEndless: integer(keys, 'endless'),
    keysOld: integer(keys, 'aged'),
    clientsOld: integer(clients, 'aged'),
    administrators: administrators.map((row) => ({
      id: narrowed(row, 'id', isAccountId),
      email: text(row, 'email'),
    })),
    mailsWaiting: integer(mails, 'waiting'),
    mailsFailed: integer(mails, 'failed'),
  }
}

export function* readSecretAges({ nowMs }: InputOf<'readSecretAges'>): Script<AnswerOf<'readSecretAges'>> {
  const root = yield* all(listFingerprints)
  const keys = yield* all(sql.listOldestKeySecrets, nowMs)
  const clients = yield* all(sql.listOldestClientSecrets)
  return {
    root: root.map((row) => ({ version: text(row, 'version'), seenAtMs: integerOrNull(row, 'seen_at') })),
    apiKeys: keys.map((row) => ({
      id: narrowed(row, 'id', isApiKeyId),
      name: text(row, 'name'),
      ownerId: narrowed(row, 'owner_id', isPrincipalId),
      madeAtMs: integer(row, 'made_at'),
      expiresAtMs: integerOrNull(row, 'expires_at'),
      lastUsedAtMs: integerOrNull(row, 'last_used_at'),
    })),
    clients: clients.map((row) => ({
      id: narrowed(row, 'id', isClientId),
      name: text(row, 'name'),
      madeAtMs: integer(row, 'made_at'),
      lastUsedAtMs: integerOrNull(row, 'last_used_at'),
    })),
  }
}
