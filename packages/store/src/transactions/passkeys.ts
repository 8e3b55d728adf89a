/**
 * Adding passkeys, and signing in with one. The account's row is locked first, as for every change of factors; then
 * the challenge, the factor, sessions and the log.
 */
import { text } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { toFactor } from '../rows.ts'
import { all, one, Rollback, run, type Script } from '../script.ts'
import { lockAccount } from '../statements/accounts.ts'
import { endTrust } from '../statements/devices.ts'
import { selectFactors } from '../statements/factors.ts'
import * as sql from '../statements/passkeys.ts'
import { writeAudit } from '../steps/audit.ts'
import { writeRecoveryCodes } from '../steps/factors.ts'
import { writeMails } from '../steps/mails.ts'
import { insertPasskey, spendChallenge as spend, spendAny, usePasskey } from '../steps/passkeys.ts'
import { lockToSignIn, openUnderLock } from '../steps/sessions.ts'

export function* openChallenge({ digest, challenge }: InputOf<'openChallenge'>): Script<void> {
  const { purpose, accountId, boundTo, userHandle, expiresAtMs } = challenge
  yield* run(sql.insertChallenge, digest, purpose, accountId, boundTo, userHandle, expiresAtMs)
}

export function* spendChallenge(challenge: InputOf<'spendChallenge'>): Script<void> {
  // An expired one may go as well.
  yield* spendAny(challenge, 0)
}

export function* addPasskey(input: InputOf<'addPasskey'>): Script<AnswerOf<'addPasskey'>> {
  const { factor, passkey, nowMs } = input
  const { accountId } = factor
  if ((yield* one(lockAccount, accountId)) === null) return { kind: 'account_gone' }
  const factors = yield* all(selectFactors, accountId)
  if (factors.length >= input.factorsMax) return { kind: 'limit_reached' }
  const challenge = yield* spend(input.challenge, nowMs)
  if (challenge === null || challenge.account_id !== accountId) throw new Rollback({ kind: 'challenge_gone' })
  if (!(yield* insertPasskey(factor, passkey, text(challenge, 'user_handle')))) {
    throw new Rollback({ kind: 'known' })
  }
  const isFirst = factors.length === 0
  if (isFirst) yield* writeRecoveryCodes(accountId, input.recoveryHashes, nowMs)
  yield* run(endTrust, accountId)
  yield* writeAudit(input.audit)
  yield* writeMails(input.mails)
  return { kind: 'added', isFirst }
}

export function* renamePasskey(input: InputOf<'renamePasskey'>): Script<AnswerOf<'renamePasskey'>> {
  const row = yield* one(sql.renamePasskey, input.id, input.account, input.name)
  if (row === null) return null
  yield* writeAudit(input.audit)
  return toFactor(row)
}

export function* signInWithPasskey(
  input: InputOf<'signInWithPasskey'>,
): Script<AnswerOf<'signInWithPasskey'>> {
  const { session, use } = input
  const { accountId, createdAtMs } = session
  if (!(yield* lockToSignIn(session))) return { kind: 'account_gone' }
  if (!(yield* usePasskey(accountId, use, createdAtMs))) throw new Rollback({ kind: 'proof_used' })
  return yield* openUnderLock(input)
}
