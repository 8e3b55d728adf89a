/** Refreshing: the one place where a refresh token is consumed. */
import { integerOrNull, textOrNull } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { one, run, type Script } from '../script.ts'
import * as sql from '../statements/grants.ts'
import { recordGrantUse } from '../statements/sessions.ts'
import { writeAudit } from '../steps/audit.ts'
import { appendEntry } from '../steps/log.ts'

type Input = InputOf<'rotateRefreshToken'>
type Answer = AnswerOf<'rotateRefreshToken'>
type Refused = Omit<Input, 'successorDigest' | 'expiresAtMs'>

export function* rotateRefreshToken(input: Input): Script<Answer> {
  const { grant, digest, generation, nowMs } = input
  const consumed = yield* run(sql.consumeRefreshToken, grant, generation, digest, nowMs)
  if (consumed === 0) return yield* answerRefused(input)
  const { successorDigest, expiresAtMs } = input
  yield* run(sql.insertRefreshToken, grant, generation + 1, successorDigest, nowMs, expiresAtMs)
  yield* run(recordGrantUse, grant, nowMs)
  yield* writeAudit(input.audit)
  return { kind: 'rotated' }
}

/** A used one is one from before the client's tokens stopped to rotate, and has come back like any other. */
export function* keepRefreshToken(input: InputOf<'keepRefreshToken'>): Script<AnswerOf<'keepRefreshToken'>> {
  const { grant, digest, generation, nowMs, expiresAtMs } = input
  const kept = yield* run(sql.keepRefreshToken, grant, generation, digest, nowMs, expiresAtMs)
  if (kept === 0) {
    const refused = yield* answerRefused({ ...input, graceMs: 0 })
    return refused.kind === 'reused' ? 'reused' : 'gone'
  }
  yield* run(recordGrantUse, grant, nowMs)
  yield* writeAudit(input.audit)
  return 'kept'
}

/** Looks again after the update, which on Postgres may have waited for the one that consumed the token. */
function* answerRefused(input: Refused): Script<Answer> {
  const row = yield* one(sql.selectRefused, input.grant, input.generation, input.digest, input.nowMs)
  const usedAtMs = row === null ? null : integerOrNull(row, 'used_at')
  // Unknown, expired unused, or of a family that has ended: there is nothing left to end.
  if (row === null || usedAtMs === null) return { kind: 'gone' }
  const successorDigest = textOrNull(row, 'successor_digest')
  // A time ahead of ours was written by another server a moment ago. Without a grace there is no moment.
  const isInGrace = input.graceMs > 0 && input.nowMs - usedAtMs < input.graceMs
  if (successorDigest !== null && isInGrace) return { kind: 'retry', successorDigest }
  return yield* endFamily(input)
}

/** Two who hold one refresh token: which of them is the thief cannot be known, so both lose (RFC 9700 §4.14.2). */
function* endFamily({ grant, nowMs, entryExpiresAtMs, auditReuse }: Refused): Script<Answer> {
  if ((yield* run(sql.endGrant, grant, nowMs)) === 0) return { kind: 'gone' }
  yield* writeAudit(auditReuse)
  const node = { kind: 'grant', id: grant } as const
  yield* appendEntry({ node, effect: 'kill', atMs: nowMs, expiresAtMs: entryExpiresAtMs })
  return { kind: 'reused' }
}
