/** Rows of known devices as core's type. */
import type { Device } from '@countersign/core'
import { isAccountId, isDeviceId } from '@countersign/protocol'
import { integer, integerOrNull, narrowed, textOrNull } from './columns.ts'
import type { Row } from './script.ts'

export function toDevice(row: Row): Device {
  return {
    id: narrowed(row, 'id', isDeviceId),
    accountId: narrowed(row, 'account_id', isAccountId),
    name: textOrNull(row, 'name'),
    createdAtMs: integer(row, 'created_at'),
    lastSeenAtMs: integer(row, 'last_seen_at'),
    trustedUntilMs: integerOrNull(row, 'trusted_until'),
  }
}
