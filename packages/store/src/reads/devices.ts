/** Reading known devices, and what a sign-in begins with. */
import type { Device, FailureRow } from '@countersign/core'
import type { AccountId } from '@countersign/protocol'
import { integer, text } from '../columns.ts'
import { toDevice } from '../device-rows.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { all, one, type Row, type Script } from '../script.ts'
import * as sql from '../statements/devices.ts'
import { selectWait } from '../statements/networks.ts'
import { UNKNOWN_DEVICE } from '../steps/devices.ts'
import { readAccountByEmail } from './principals.ts'

/** The number of statements must not tell which addresses are known, nor which devices. */
export function* readSignIn(input: InputOf<'readSignIn'>): Script<AnswerOf<'readSignIn'>> {
  const read = yield* readAccountByEmail(input.email)
  const device = yield* findDevice(read.account?.id ?? '', input.deviceDigests)
  const subject = read.account?.id ?? input.nobody
  const row = yield* one(sql.selectPasswordFailures, subject, device?.id ?? UNKNOWN_DEVICE)
  const failures = row === null ? null : toFailureRow(row)
  const { network = null } = input
  const wait = yield* one(selectWait, network?.digest ?? '', network?.sinceMs ?? 0)
  const networkFailures = wait === null || device !== null ? null : toFailureRow(wait)
  const tried = { subject, device: device?.id ?? null, network: device === null ? network : null }
  return { ...read, tried, failures, trustedUntilMs: device?.trustedUntilMs ?? null, networkFailures }
}

/** A digest is of 256 random bits under a key: to compare them as texts gives nothing away. */
export function* findDevice(account: AccountId | '', digests: readonly string[]): Script<Device | null> {
  const rows = yield* all(sql.selectDevices, account)
  const found = rows.find((row) => digests.includes(text(row, 'digest')))
  return found === undefined ? null : toDevice(found)
}

export function* listDevices(account: AccountId): Script<readonly Device[]> {
  return (yield* all(sql.selectDevices, account)).map(toDevice)
}

const toFailureRow = (row: Row): FailureRow => ({
  failures: integer(row, 'failures'),
  triedAtMs: integer(row, 'tried_at'),
  waitMs: integer(row, 'wait_ms'),
})
