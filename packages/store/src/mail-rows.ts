/** Rows of the outbox as core's types, as `rows.ts` does it for the others. */
import type { ClaimedMail } from '@countersign/core'
import { isAccountId, isMailId } from '@countersign/protocol'
import { integer, narrowed, narrowedOrNull, text } from './columns.ts'
import type { Row } from './script.ts'

export function toClaimedMail(row: Row): ClaimedMail {
  return {
    id: narrowed(row, 'id', isMailId),
    kind: text(row, 'kind'),
    accountId: narrowedOrNull(row, 'account_id', isAccountId),
    sealed: text(row, 'sealed'),
    createdAtMs: integer(row, 'created_at'),
    expiresAtMs: integer(row, 'expires_at'),
    attempt: integer(row, 'attempts'),
  }
}
