/** Reading passkeys, and whether a challenge was answered before. */
import type { SealedChallenge } from '@countersign/core'
import type { AccountId } from '@countersign/protocol'
import type { AnswerOf } from '../port.ts'
import { toAccount, toPasskey } from '../rows.ts'
import { all, one, type Script } from '../script.ts'
import { selectAccount } from '../statements/accounts.ts'
import { selectUsed } from '../statements/clients.ts'
import * as sql from '../statements/passkeys.ts'
import { readRoles } from '../steps/roles.ts'
import { readHeadAndIssuer } from './log.ts'

export function* readPasskeys(account: AccountId): Script<AnswerOf<'readPasskeys'>> {
  return (yield* all(sql.selectPasskeys, account)).map(toPasskey)
}

export function* readPasskeyToSignIn(
  credentialId: string,
  challenge: SealedChallenge,
): Script<AnswerOf<'readPasskeyToSignIn'>> {
  const { head } = yield* readHeadAndIssuer()
  const isAnswered = (yield* one(selectUsed, challenge.key)) !== null
  const row = yield* one(sql.selectPasskeyByCredential, credentialId)
  const passkey = row === null ? null : toPasskey(row)
  // Asked for nobody as well: the number of statements must not tell which credentials are known.
  const account = yield* one(selectAccount, passkey?.accountId ?? '')
  const roles = yield* readRoles(passkey?.accountId ?? '')
  const found = passkey === null || account === null ? null : { passkey, account: toAccount(account), roles }
  return { head, isAnswered, found }
}
