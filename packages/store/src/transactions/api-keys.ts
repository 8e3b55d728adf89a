/** Writing API keys: create, change, rotate. Ending one is a revocation. */
import type { ApiKey, EntryDraft } from '@countersign/core'
import { type ApiKeyId, isAccountId } from '@countersign/protocol'
import { integerOrNull } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { toApiKey } from '../rows.ts'
import { all, one, type Row, run, type Script } from '../script.ts'
import { lockAccountToIssue } from '../statements/accounts.ts'
import * as sql from '../statements/api-keys.ts'
import { lockServiceAccountToIssue } from '../statements/service-accounts.ts'
import { insertApiKey } from '../steps/accounts.ts'
import { writeAudit } from '../steps/audit.ts'
import { appendEntry, readInteger } from '../steps/log.ts'

export function* createApiKey(input: InputOf<'createApiKey'>): Script<AnswerOf<'createApiKey'>> {
  const { key, keysMax } = input
  // The owner's row stays locked: two at once would otherwise both find room under the limit.
  const lock = isAccountId(key.ownerId) ? lockAccountToIssue : lockServiceAccountToIssue
  if ((yield* one(lock, key.ownerId, key.issuedPosition)) === null) return 'owner_gone'
  const live = yield* readInteger('live', sql.countApiKeys, key.ownerId, key.createdAtMs, keysMax)
  if (live >= keysMax) return 'limit_reached'
  yield* insertApiKey(key, input.digest, input.madeIn ?? null)
  yield* writeAudit(input.audit)
  return 'created'
}

export function* changeApiKey(input: InputOf<'changeApiKey'>): Script<AnswerOf<'changeApiKey'>> {
  const row = yield* one(sql.lockApiKey, input.id, input.nowMs)
  if (row === null) return null
  const changed = yield* writeKey({ ...toApiKey(row), ...input.change })
  yield* writeAudit(input.audit)
  yield* appendEntry(toRule(input))
  return changed
}

function* writeKey(key: ApiKey): Script<ApiKey> {
  return toKey(
    yield* one(
      sql.changeApiKey,
      key.id,
      key.name,
      JSON.stringify(key.permissions),
      JSON.stringify(key.resources),
      JSON.stringify(key.audiences),
      JSON.stringify(key.allowAddresses),
      key.rateLimit === null ? null : JSON.stringify(key.rateLimit),
      key.suspendedAtMs,
    ),
  )
}

function toKey(row: Row | null): ApiKey {
  if (row === null) throw new Error('An API key vanished while its row was locked.')
  return toApiKey(row)
}

const toRule = (input: { id: ApiKeyId; nowMs: number; entryExpiresAtMs: number }): EntryDraft => ({
  node: { kind: 'api_key', id: input.id },
  effect: 'rule',
  atMs: input.nowMs,
  expiresAtMs: input.entryExpiresAtMs,
})

export function* rotateApiKey(input: InputOf<'rotateApiKey'>): Script<AnswerOf<'rotateApiKey'>> {
  const { id, nowMs, overlapEndsAtMs } = input
  if ((yield* one(sql.lockApiKey, id, nowMs)) === null) return { kind: 'not_found' }
  const older = yield* readLiveEnds(id, nowMs, overlapEndsAtMs)
  if (older.length >= input.secretsMax) return { kind: 'limit_reached' }
  yield* run(sql.endApiKeySecrets, id, overlapEndsAtMs)
  yield* run(sql.deleteEndedApiKeySecrets, id, nowMs)
  yield* run(sql.insertApiKeySecret, id, input.digest, nowMs, input.madeIn ?? null)
  const key = toKey(yield* one(sql.setOverlap, id, older.length === 0 ? null : Math.max(...older)))
  yield* writeAudit(input.audit)
  yield* appendEntry(toRule(input))
  return { kind: 'rotated', key }
}

/** When each older secret will end that still works after the rotation. */
function* readLiveEnds(id: ApiKeyId, nowMs: number, overlapEndsAtMs: number): Script<readonly number[]> {
  const secrets = yield* all(sql.selectApiKeySecrets, id)
  return secrets
    .map((row) => Math.min(integerOrNull(row, 'expires_at') ?? overlapEndsAtMs, overlapEndsAtMs))
    .filter((end) => end > nowMs)
}
