/**
 * Signing keys move from state to state by conditional updates. Publishing, promoting and retiring announce
 * themselves in the log (lease protocol, rule 8), by which every verifier learns to read the keys again.
 */
import type { AuditEvent, EntryDraft, SigningKeyDraft, SigningKeyState } from '@countersign/core'
import { ACCESS_TOKEN_LIFETIME_SECONDS_MAX, type SigningKeyId } from '@countersign/protocol'
import type { AnswerOf, InputOf } from '../port.ts'
import { one, run, type Script } from '../script.ts'
import { takeLock } from '../statements/roles.ts'
import * as sql from '../statements/signing-keys.ts'
import { writeAudit } from '../steps/audit.ts'
import { appendEntry, appendWith } from '../steps/log.ts'

export function* addSigningKey(input: {
  key: SigningKeyDraft
  onlyIfNone: readonly SigningKeyState[]
  audit: AuditEvent
}): Script<AnswerOf<'addSigningKey'>> {
  const { key, onlyIfNone } = input
  yield* run(takeLock, 'signing_keys')
  for (const state of onlyIfNone) {
    if ((yield* one(sql.selectSigningKeyInState, key.line, state)) !== null) return false
  }
  yield* run(
    sql.insertSigningKey,
    key.id,
    key.line,
    key.algorithm,
    key.state,
    key.publicJwk === null ? null : JSON.stringify(key.publicJwk),
    key.sealedPrivateKey,
    key.createdAtMs,
    key.promotedAtMs,
    key.demotedAtMs,
    key.retiredAtMs,
  )
  yield* writeAudit(input.audit)
  yield* appendWith(toAnnouncement(key.id, key.createdAtMs), (position) =>
    run(sql.notePublication, key.id, position),
  )
  return true
}

const toAnnouncement = (id: SigningKeyId, atMs: number): EntryDraft => ({
  node: { kind: 'signing_key', id },
  effect: 'announce',
  atMs,
  expiresAtMs: atMs + ACCESS_TOKEN_LIFETIME_SECONDS_MAX * 1000,
})

export function* promoteSigningKey(
  input: InputOf<'promoteSigningKey'>,
): Script<AnswerOf<'promoteSigningKey'>> {
  const { id, nowMs } = input
  yield* run(takeLock, 'signing_keys')
  if ((yield* run(sql.promoteSigningKey, id, nowMs)) === 0) return false
  yield* run(sql.demoteSigningKeys, id, nowMs)
  yield* writeAudit(input.audit)
  yield* appendEntry(toAnnouncement(id, nowMs))
  return true
}

export function* retireSigningKey(input: InputOf<'retireSigningKey'>): Script<AnswerOf<'retireSigningKey'>> {
  yield* run(takeLock, 'signing_keys')
  if ((yield* run(sql.retireSigningKey, input.id, input.nowMs)) === 0) return false
  yield* writeAudit(input.audit)
  yield* appendEntry(toAnnouncement(input.id, input.nowMs))
  return true
}
