/** The log's epoch and its pruning, sweeping, and the fingerprints of the secrets outside the database. */
import type { AuditEvent, LogHead } from '@countersign/core'
import { LEASE_SECONDS_MAX } from '@countersign/core/records'
import { integer, integerOrNull, text } from '../columns.ts'
import { toHead } from '../rows.ts'
import { all, one, run, type Script } from '../script.ts'
import { sweepUsed as sweepUsedOnce } from '../statements/clients.ts'
import { sweepDeviceCodes } from '../statements/device-codes.ts'
import { deviceSweeps } from '../statements/devices.ts'
import { insertFingerprint, listFingerprints, sweeps } from '../statements/housekeeping.ts'
import {
  beginEpoch as beginEpochOnce,
  changeEpoch,
  markFollowed as markFollowedOnce,
  pruneEntries,
  raisePrunedUntil,
  selectPrunable,
} from '../statements/log.ts'
import { networkSweeps } from '../statements/networks.ts'
import { takeLock } from '../statements/roles.ts'
import { sweepHours } from '../statements/usage.ts'
import { writeAudit } from '../steps/audit.ts'
import { writeEntry } from '../steps/log.ts'

/** Gives a new log its epoch; a log that has one keeps it. */
export function* beginEpoch(input: { epoch: string }): Script<void> {
  yield* run(beginEpochOnce, input.epoch)
}

export function* startEpoch(input: { epoch: string; audit: AuditEvent }): Script<LogHead> {
  yield* writeAudit(input.audit)
  const row = yield* one(changeEpoch, input.epoch)
  if (row === null) throw new Error('The log has no head.')
  const head = toHead(row)
  // The entry keeps positions dense. It may expire at once: a new epoch empties every verifier by itself.
  const { atMs } = input.audit
  const node = { kind: 'issuer', id: 'epoch' } as const
  yield* writeEntry(head.position, { node, effect: 'rule', atMs, expiresAtMs: atMs })
  return head
}

export function* pruneLog(input: { nowMs: number; keepPositions: number }): Script<number> {
  const beforeMs = input.nowMs - LEASE_SECONDS_MAX * 1000
  const prunable = yield* one(selectPrunable, beforeMs, input.keepPositions)
  const last = prunable === null ? null : integerOrNull(prunable, 'last')
  if (prunable === null || last === null) return 0
  // Positions become visible in their order: nothing that was not counted above can stand at or before `last`.
  const pruned = yield* run(pruneEntries, beforeMs, last)
  yield* run(raisePrunedUntil, integer(prunable, 'until'))
  return pruned
}

export function* markFollowed(input: { nowMs: number }): Script<void> {
  yield* run(markFollowedOnce, input.nowMs)
}

export function* sweep(input: { beforeMs: number; limit: number }): Script<number> {
  let swept = 0
  for (const statement of sweeps) swept += yield* run(statement, input.beforeMs, input.limit)
  return swept
}

export function* sweepUsage(input: { beforeMs: number; limit: number }): Script<number> {
  return yield* run(sweepHours, input.beforeMs, input.limit)
}

export function* sweepUsed(input: { beforeMs: number; limit: number }): Script<number> {
  let most = 0
  for (const statement of [sweepUsedOnce, sweepDeviceCodes, ...networkSweeps]) {
    most = Math.max(most, yield* run(statement, input.beforeMs, input.limit))
  }
  return most
}

export function* sweepDevices(input: { beforeMs: number; limit: number }): Script<number> {
  let swept = 0
  for (const statement of deviceSweeps) swept += yield* run(statement, input.beforeMs, input.limit)
  return swept
}

export interface SecretFingerprint {
  /** The name of one version of the secrets. */
  readonly version: string
  /** Tells its value apart from any other without giving it away. */
  readonly fingerprint: string
}

/**
 * Compares the secrets of a node with those that this database was made with. The first node's are taken down;
 * later ones may add versions as long as they share one.
 */
export function* checkFingerprints(input: {
  list: readonly SecretFingerprint[]
  nowMs: number
}): Script<'ok' | 'foreign'> {
  // Two nodes that meet an empty database at once must not both be its first.
  yield* run(takeLock, 'secrets')
  const rows = yield* all(listFingerprints)
  const known = new Map(rows.map((row) => [text(row, 'version'), text(row, 'fingerprint')]))
  const isSame = ({ version, fingerprint }: SecretFingerprint): boolean => known.get(version) === fingerprint
  const unknown = input.list.filter(({ version }) => !known.has(version))
  const contradicts = input.list.some((one) => known.has(one.version) && !isSame(one))
  if (contradicts || (known.size > 0 && !input.list.some(isSame))) return 'foreign'
  for (const { version, fingerprint } of unknown)
    yield* run(insertFingerprint, version, fingerprint, input.nowMs)
  return 'ok'
}
