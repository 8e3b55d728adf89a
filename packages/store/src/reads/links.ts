/** Reading what waits behind the links that were sent by mail. */
import type { LinkPurpose } from '@countersign/core'
import { integer, text, textOrNull } from '../columns.ts'
import type { AnswerOf } from '../port.ts'
import { toAccount } from '../rows.ts'
import { one, type Script } from '../script.ts'
import { selectLink } from '../statements/links.ts'
import { selectSignUp } from '../statements/sign-ups.ts'

/** One secret has one digest under each pepper that is still known. */
export function* readLink(
  digests: readonly string[],
  purpose: LinkPurpose,
  nowMs: number,
): Script<AnswerOf<'readLink'>> {
  for (const digest of digests) {
    const row = yield* one(selectLink, digest, purpose, nowMs)
    if (row === null) continue
    return {
      digest: text(row, 'digest'),
      account: toAccount(row),
      newEmail: textOrNull(row, 'new_email'),
      passwordHash: textOrNull(row, 'password_hash'),
    }
  }
  return null
}

export function* readSignUp(digests: readonly string[], nowMs: number): Script<AnswerOf<'readSignUp'>> {
  for (const digest of digests) {
    const row = yield* one(selectSignUp, digest, nowMs)
    if (row === null) continue
    return {
      digest: text(row, 'digest'),
      email: text(row, 'email'),
      name: textOrNull(row, 'name'),
      passwordHash: text(row, 'password_hash'),
      createdAtMs: integer(row, 'created_at'),
      expiresAtMs: integer(row, 'expires_at'),
    }
  }
  return null
}
