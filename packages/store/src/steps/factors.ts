/** Spending proofs, and what belongs to an account's factors as a whole. */
import type { FactorWay, Proof } from '@countersign/core'
import type { AccountId, FactorId } from '@countersign/protocol'
import { text } from '../columns.ts'
import { one, type Row, run, type Script } from '../script.ts'
import * as sql from '../statements/factors.ts'
import { deleteIdentitiesOfAccount } from '../statements/identities.ts'
import { deleteChallengesOfAccount, deletePasskeysOfAccount } from '../statements/passkeys.ts'
import { deleteTicketsOfAccount } from '../statements/tickets.ts'
import { deleteAllDevices } from './devices.ts'
import { insertPasskey, spendChallenge, usePasskey } from './passkeys.ts'

/** False where it was spent before. A proof that counts ends the failures in a row before it. */
export function* useProof(account: AccountId, proof: Proof, nowMs: number): Script<boolean> {
  switch (proof.kind) {
    case 'totp': {
      if ((yield* run(sql.useTotpStep, proof.id, account, proof.step, nowMs)) === 0) return false
      return yield* forget(account, ['totp'])
    }
    case 'recovery_code': {
      const { number, hash } = proof
      if ((yield* run(sql.useRecoveryCode, account, number, hash, nowMs)) === 0) return false
      // Recovery is what opens a factor again that somebody else has closed by guessing.
      return yield* forget(account, ['recovery_code', 'totp'])
    }
    case 'passkey':
      return yield* usePasskey(account, proof.use, nowMs)
    case 'password':
      return yield* forget(account, ['password'])
    case 'enrolment': {
      // Another factor may have been confirmed meanwhile: then this ticket is no way around it.
      if ((yield* one(sql.selectFactors, account)) !== null) return false
      if ((yield* confirmFactor(account, proof.id, proof.step, nowMs)) === null) return false
      yield* writeRecoveryCodes(account, proof.recoveryHashes, nowMs)
      return yield* forget(account, ['totp'])
    }
    case 'passkey_enrolment': {
      const isFirst = (yield* one(sql.selectFactors, account)) === null
      if (!isFirst && !proof.besideOthers) return false
      const challenge = yield* spendChallenge(proof.challenge, nowMs)
      if (challenge === null || challenge.account_id !== account) return false
      const handle = text(challenge, 'user_handle')
      if (!(yield* insertPasskey(proof.factor, proof.passkey, handle))) return false
      if (isFirst) yield* writeRecoveryCodes(account, proof.recoveryHashes, nowMs)
      return true
    }
  }
}

function* forget(account: AccountId, ways: readonly FactorWay[]): Script<true> {
  for (const way of ways) yield* run(sql.deleteFailures, account, way)
  return true
}

export function* confirmFactor(
  account: AccountId,
  id: FactorId,
  step: number,
  nowMs: number,
): Script<Row | null> {
  return yield* one(sql.confirmFactor, id, account, step, nowMs)
}

/** In place of all earlier ones. The index of a hash is the number of its code. */
export function* writeRecoveryCodes(
  account: AccountId,
  hashes: readonly string[],
  nowMs: number,
): Script<void> {
  yield* run(sql.deleteRecoveryCodes, account)
  for (const [number, hash] of hashes.entries()) {
    yield* run(sql.insertRecoveryCode, account, number, hash, nowMs)
  }
  yield* forget(account, ['recovery_code'])
}

/** For an account that ends: nothing of how the person signed in is kept. */
export function* deleteAllFactors(account: AccountId): Script<void> {
  yield* run(deleteTicketsOfAccount, account)
  yield* run(deleteChallengesOfAccount, account)
  yield* run(sql.deleteFactorsOfAccount, account)
  yield* run(deletePasskeysOfAccount, account)
  yield* run(deleteIdentitiesOfAccount, account)
  yield* run(sql.deleteRecoveryCodes, account)
  yield* run(sql.deleteFailuresOfAccount, account)
  yield* deleteAllDevices(account)
}
