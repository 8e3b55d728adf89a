/** Rows of device codes become core's types here and nowhere else. */
import type { DeviceCode, DeviceDecision } from '@countersign/core'
import {
  isAccountId,
  isClientId,
  isGrantId,
  isIdentityScope,
  isPermission,
  isSessionId,
} from '@countersign/protocol'
import { integer, listed, narrowed, oneOf, textOrNull, texts } from './columns.ts'
import type { Row } from './script.ts'

export function toDeviceCode(row: Row): DeviceCode {
  return {
    grantId: narrowed(row, 'grant_id', isGrantId),
    clientId: narrowed(row, 'client_id', isClientId),
    permissions: listed(row, 'scope', (word): word is string => isPermission(word)),
    identityScopes: listed(row, 'identity_scopes', isIdentityScope),
    audiences: texts(row, 'audiences'),
    address: textOrNull(row, 'address'),
    createdAtMs: integer(row, 'created_at'),
    expiresAtMs: integer(row, 'expires_at'),
  }
}

const kinds = ['allowed', 'denied'] as const

/** Null while nobody has decided. */
export function toDeviceDecision(row: Row): DeviceDecision | null {
  if (row.decision === null) return null
  return {
    kind: narrowed(row, 'decision', oneOf(kinds)),
    accountId: narrowed(row, 'account_id', isAccountId),
    sessionId: narrowed(row, 'session_id', isSessionId),
    issuedPosition: integer(row, 'issued_position'),
  }
}
