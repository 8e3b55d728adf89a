/** Replacing a password, which more than one transaction does. */
import type { NewPassword } from '@countersign/core'
import type { AccountId, SessionId } from '@countersign/protocol'
import { run, type Script } from '../script.ts'
import { deletePasswordFailuresOfAccount, endTrust } from '../statements/devices.ts'
import { deleteFailures } from '../statements/factors.ts'
import * as sql from '../statements/passwords.ts'
import { deleteTicketsOfAccount } from '../statements/tickets.ts'
import { appendEntries } from './log.ts'
import { toKills } from './sessions.ts'

/** False where another password stands there by now. Holds the account's row from here on. */
export function* writePassword({ account, from, to, checkedAtMs }: NewPassword): Script<boolean> {
  if ((yield* run(sql.setPassword, account, from, to, checkedAtMs)) === 0) return false
  // They prove the password before, or were opened by a session that may be ended now.
  yield* run(deleteTicketsOfAccount, account)
  yield* run(deleteFailures, account, 'password')
  yield* run(deletePasswordFailuresOfAccount, account)
  yield* run(endTrust, account)
  return true
}

/**
 * Kills the sessions that were ended, and notes where the log stands: whoever proved the password before that
 * is late. `write` is told, too. Needs the account's row, and is the last thing that a transaction does.
 */
export function* appendNewPassword(
  account: AccountId,
  ended: readonly SessionId[],
  { nowMs: atMs, entryExpiresAtMs: expiresAtMs }: { nowMs: number; entryExpiresAtMs: number },
  write?: (position: number) => Script<void>,
): Script<void> {
  const rule = { node: { kind: 'account', id: account }, effect: 'rule', atMs, expiresAtMs } as const
  yield* appendEntries([...toKills(ended, atMs, expiresAtMs), rule], function* (position) {
    yield* run(sql.setPasswordPosition, account, position)
    if (write !== undefined) yield* write(position)
  })
}
