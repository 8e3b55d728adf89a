/** Spending a challenge, and the use of the passkey that answered it. */
import type { Factor, NewPasskey, PasskeyUse, SealedChallenge, SpentChallenge } from '@countersign/core'
import type { AccountId } from '@countersign/protocol'
import { one, type Row, run, type Script } from '../script.ts'
import { useOnce } from '../statements/clients.ts'
import { insertFactor } from '../statements/factors.ts'
import * as sql from '../statements/passkeys.ts'

/** One challenge has one digest under each pepper that is still known. Null where it cannot be answered any more. */
export function* spendChallenge(
  { digests, purpose, boundTo }: SpentChallenge,
  nowMs: number,
): Script<Row | null> {
  for (const digest of digests) {
    const row = yield* one(sql.useChallenge, digest, purpose, boundTo, nowMs)
    if (row !== null) return row
  }
  return null
}

/** False where it was answered before, also for one of which nothing was kept. */
export function* spendAny(challenge: SpentChallenge | SealedChallenge, nowMs: number): Script<boolean> {
  if (!('key' in challenge)) return (yield* spendChallenge(challenge, nowMs)) !== null
  return (yield* one(useOnce, challenge.key, challenge.expiresAtMs)) !== null
}

/** False where the challenge was answered before, the passkey has gone, or its count does not rise. */
export function* usePasskey(account: AccountId, use: PasskeyUse, nowMs: number): Script<boolean> {
  if (!(yield* spendAny(use.challenge, nowMs))) return false
  // Locked in the order in which the removal of a factor takes them.
  if ((yield* run(sql.touchFactor, use.id, account, nowMs)) === 0) return false
  const backedUpAt = use.isBackedUp ? nowMs : null
  const verifiedAt = use.isUserVerified ? nowMs : null
  return (yield* run(sql.usePasskey, use.id, account, use.signCount, backedUpAt, verifiedAt)) === 1
}

/** False where somebody has that credential already. Its factor has no seed and no step: those are TOTP's. */
export function* insertPasskey(factor: Factor, passkey: NewPasskey, userHandle: string): Script<boolean> {
  const { id, accountId, kind, name, createdAtMs, lastUsedAtMs } = factor
  yield* run(insertFactor, '', null, 0, id, accountId, kind, name, createdAtMs, lastUsedAtMs)
  const since = (is: boolean): number | null => (is ? createdAtMs : null)
  const row = yield* one(
    sql.insertPasskey,
    id,
    accountId,
    passkey.credentialId,
    userHandle,
    passkey.publicKey,
    passkey.signCount,
    JSON.stringify(passkey.transports),
    passkey.aaguid,
    since(passkey.isBackupEligible),
    since(passkey.isBackedUp),
    since(passkey.isUserVerified),
  )
  return row !== null
}
