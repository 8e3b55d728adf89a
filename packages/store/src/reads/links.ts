/** Reading links that were sent by mail. */
import type { LinkPurpose } from '@countersign/core'
import { text, textOrNull } from '../columns.ts'
import type { AnswerOf } from '../port.ts'
import { toAccount } from '../rows.ts'
import { one, type Script } from '../script.ts'
import { selectLink } from '../statements/links.ts'

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
      passwordHash: textOrNull(row, 'password_hash'),
    }
  }
  return null
}
