/** Counting wrong passwords before they are compared, and forgetting devices. */
import { isDeviceId } from '@countersign/protocol'
import { integer, narrowed } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { all, one, Rollback, run, type Script } from '../script.ts'
import { lockAccount } from '../statements/accounts.ts'
import * as sql from '../statements/devices.ts'
import { writeAudit } from '../steps/audit.ts'
import { forgetDevice, UNKNOWN_DEVICE } from '../steps/devices.ts'
import { countNetwork } from '../steps/networks.ts'

export function* takeSignInTry(input: InputOf<'takeSignInTry'>): Script<AnswerOf<'takeSignInTry'>> {
  const taken = yield* takeForAccount(input)
  if (taken.kind !== 'taken') return taken
  const counted = yield* countNetwork(input, input.nowMs)
  // What the network has to wait for is no failure of the account.
  if (counted.kind === 'waiting') throw new Rollback({ kind: 'waiting', retryAfterMs: counted.leftMs })
  return counted.kind === 'known' ? taken : { ...taken, networkFailures: counted.failures }
}

function* takeForAccount(input: InputOf<'takeSignInTry'>): Script<AnswerOf<'takeSignInTry'>> {
  const { subject, nowMs, rules } = input
  const device = input.device ?? UNKNOWN_DEVICE
  const { freeFailures, firstWaitMs, waitMaxMs, failuresMax } = rules
  const limits = [freeFailures, firstWaitMs, waitMaxMs, failuresMax]
  const counted = yield* one(sql.countPasswordFailure, subject, device, nowMs, ...limits)
  if (counted !== null) return { kind: 'taken', failures: integer(counted, 'failures') }
  const row = yield* one(sql.selectPasswordFailures, subject, device)
  // Ended by a right password in this very moment: the next try may be taken.
  if (row === null) return { kind: 'waiting', retryAfterMs: 0 }
  if (integer(row, 'failures') >= failuresMax) return { kind: 'closed', retryAfterMs: waitMaxMs }
  const [triedAtMs, waitMs] = [integer(row, 'tried_at'), integer(row, 'wait_ms')]
  if (triedAtMs > nowMs) yield* run(sql.restartPasswordWait, subject, device, nowMs)
  return { kind: 'waiting', retryAfterMs: Math.min(triedAtMs, nowMs) + waitMs - nowMs }
}

export function* forgetDevices(input: InputOf<'forgetDevices'>): Script<AnswerOf<'forgetDevices'>> {
  const { account, id } = input
  if ((yield* one(lockAccount, account)) === null) return 0
  const ids =
    id === null
      ? (yield* all(sql.selectDeviceIds, account)).map((row) => narrowed(row, 'id', isDeviceId))
      : [id]
  let forgotten = 0
  for (const one of ids) forgotten += yield* forgetDevice(account, one)
  if (forgotten > 0) yield* writeAudit(input.audit)
  return forgotten
}
