/** What a sign-in does with devices and with wrong passwords in a row. Locks: the account, devices, failures. */
import type { DeviceDraft, SignInTry } from '@countersign/core'
import { DEVICES_PER_ACCOUNT_MAX } from '@countersign/core/records'
import { type AccountId, type DeviceId, isDeviceId } from '@countersign/protocol'
import { narrowed } from '../columns.ts'
import { all, one, run, type Script } from '../script.ts'
import * as sql from '../statements/devices.ts'
import { takeBackNetwork } from './networks.ts'

/** Failures of whoever is on no known device. */
export const UNKNOWN_DEVICE = ''

/** Needs the account locked: two at once would otherwise both find room under the bound. */
export function* seeDevice(
  account: AccountId,
  draft: DeviceDraft | undefined,
  nowMs: number,
): Script<DeviceId | null> {
  for (const digest of draft?.presented ?? []) {
    const row = yield* one(sql.seeDevice, account, digest, nowMs)
    if (row !== null) return narrowed(row, 'id', isDeviceId)
  }
  if (draft === undefined || draft.fresh === null) return null
  const { id, digest, name } = draft.fresh
  const over = yield* all(sql.selectDevicesOverBound, account, DEVICES_PER_ACCOUNT_MAX - 1)
  for (const row of over) yield* forgetDevice(account, narrowed(row, 'id', isDeviceId))
  yield* run(sql.insertDevice, digest, id, account, name, nowMs, nowMs)
  return id
}

export function* forgetDevice(account: AccountId, id: DeviceId): Script<number> {
  const forgotten = yield* run(sql.deleteDevice, id, account)
  yield* run(sql.deletePasswordFailures, account, id)
  return forgotten
}

/** The password was right. */
export function* endFailures(proved: SignInTry): Script<void> {
  yield* run(sql.deletePasswordFailures, proved.subject, proved.device ?? UNKNOWN_DEVICE)
  yield* takeBackNetwork(proved)
}

/** Whoever owns the account is in: that ends the row of strangers as well, and opens what they have closed. */
export function* endFailuresAtSignIn(account: AccountId, device: DeviceId | null): Script<void> {
  yield* run(sql.deletePasswordFailures, account, UNKNOWN_DEVICE)
  if (device !== null) yield* run(sql.deletePasswordFailures, account, device)
}

/** For an account that ends. */
export function* deleteAllDevices(account: AccountId): Script<void> {
  yield* run(sql.deleteDevicesOfAccount, account)
  yield* run(sql.deletePasswordFailuresOfAccount, account)
}
