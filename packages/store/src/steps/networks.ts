/** Counting accounts that strangers try from one network. Locks: the failures of the account, then those of the network. */
import type { SignInTry } from '@countersign/core'
import { integer } from '../columns.ts'
import { one, run, type Script } from '../script.ts'
import * as sql from '../statements/networks.ts'

type Counted =
  | { readonly kind: 'counted'; readonly failures: number }
  /** In this window before: whoever mistypes twice is one. */
  | { readonly kind: 'known' }
  | { readonly kind: 'waiting'; readonly leftMs: number }

/** Needs the failures of the account locked: two tries for one account at once would both be new. */
export function* countNetwork({ subject, network }: SignInTry, nowMs: number): Script<Counted> {
  if (network == null) return { kind: 'known' }
  const { digest, sinceMs, windowMs, rules } = network
  const expiresAtMs = nowMs + windowMs
  if ((yield* run(sql.renewFailure, digest, subject, sinceMs + windowMs, expiresAtMs)) > 0) {
    const leftMs = yield* waitLeftMs(digest, sinceMs, nowMs)
    return leftMs > 0 ? { kind: 'waiting', leftMs } : { kind: 'known' }
  }
  yield* run(sql.insertFailure, digest, subject, expiresAtMs)
  const { freeFailures, firstWaitMs, waitMaxMs } = rules
  const limits = [freeFailures, firstWaitMs, waitMaxMs]
  const row = yield* one(sql.countFailure, digest, sinceMs, nowMs, sinceMs + 2 * windowMs, ...limits)
  if (row !== null) return { kind: 'counted', failures: integer(row, 'failures') }
  return { kind: 'waiting', leftMs: yield* waitLeftMs(digest, sinceMs, nowMs) }
}

function* waitLeftMs(digest: string, sinceMs: number, nowMs: number): Script<number> {
  const row = yield* one(sql.selectWait, digest, sinceMs)
  if (row === null) return 0
  const triedAtMs = integer(row, 'tried_at')
  return triedAtMs > nowMs ? 0 : Math.max(0, triedAtMs + integer(row, 'wait_ms') - nowMs)
}

/** The password was right. */
export function* takeBackNetwork({ subject, network }: SignInTry): Script<void> {
  if (network == null) return
  const { digest, sinceMs, windowMs } = network
  if ((yield* run(sql.deleteFailure, digest, subject, sinceMs + windowMs)) === 0) return
  yield* run(sql.takeBackFailure, digest, sinceMs)
}
