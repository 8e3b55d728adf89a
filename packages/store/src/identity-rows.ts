/** Rows of identities as core's type. */
import type { Identity } from '@countersign/core'
import { isAccountId, isIdentityId, isSessionId } from '@countersign/protocol'
import { integer, integerOrNull, narrowed, narrowedOrNull, text, textOrNull } from './columns.ts'
import type { Row } from './script.ts'

export function toIdentity(row: Row): Identity {
  return {
    id: narrowed(row, 'id', isIdentityId),
    accountId: narrowed(row, 'account_id', isAccountId),
    provider: text(row, 'provider'),
    issuer: text(row, 'issuer'),
    subject: text(row, 'subject'),
    label: textOrNull(row, 'label'),
    createdAtMs: integer(row, 'created_at'),
    lastUsedAtMs: integerOrNull(row, 'last_used_at'),
    madeIn: narrowedOrNull(row, 'made_in', isSessionId),
  }
}
