/** Reading passkeys, and whether a challenge could still be answered. */
import type { SpentChallenge } from '@countersign/core'
import type { AccountId } from '@countersign/protocol'
import type { AnswerOf } from '../port.ts'
import { toAccount, toPasskey } from '../rows.ts'
import { all, one, type Script } from '../script.ts'
import { selectAccount } from '../statements/accounts.ts'
import * as sql from '../statements/passkeys.ts'
import { readHeadAndIssuer } from './log.ts'

export function* readPasskeys(account: AccountId): Script<AnswerOf<'readPasskeys'>> {
  return (yield* all(sql.selectPasskeys, account)).map(toPasskey)
}

export function* readPasskeyToSignIn(
  credentialId: string,
  challenge: SpentChallenge,
  nowMs: number,
): Script<AnswerOf<'readPasskeyToSignIn'>> {
  const { head } = yield* readHeadAndIssuer()
  let isAsked = false
  for (const digest of challenge.digests) {
    const row = yield* one(sql.selectChallenge, digest, challenge.purpose, challenge.boundTo, nowMs)
    if (row !== null) isAsked = true
  }
  const row = yield* one(sql.selectPasskeyByCredential, credentialId)
  const passkey = row === null ? null : toPasskey(row)
  // Asked for nobody as well: the number of statements must not tell which credentials are known.
  const account = yield* one(selectAccount, passkey?.accountId ?? '')
  const found = passkey === null || account === null ? null : { passkey, account: toAccount(account) }
  return { head, isAsked, found }
}
