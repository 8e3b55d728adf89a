/** Reading identities, and what a sign-in with one begins with. */
import type { Identity } from '@countersign/core'
import type { AccountId } from '@countersign/protocol'
import { toIdentity } from '../identity-rows.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { toAccount } from '../rows.ts'
import { all, one, type Script } from '../script.ts'
import { selectAccount } from '../statements/accounts.ts'
import * as sql from '../statements/identities.ts'
import { readRoles } from '../steps/roles.ts'
import { findDevice } from './devices.ts'
import { readWays } from './factors.ts'
import { readHeadAndIssuer } from './log.ts'

export function* readIdentityToSignIn(
  input: InputOf<'readIdentityToSignIn'>,
): Script<AnswerOf<'readIdentityToSignIn'>> {
  const { head } = yield* readHeadAndIssuer()
  const row = yield* one(sql.selectIdentity, input.issuer, input.subject)
  if (row === null) return { head, found: null }
  const identity = toIdentity(row)
  const { accountId } = identity
  const account = yield* one(selectAccount, accountId)
  if (account === null) return { head, found: null }
  const roles = yield* readRoles(accountId)
  const ways = yield* readWays(accountId)
  const device = yield* findDevice(accountId, input.deviceDigests)
  return { head, found: { identity, account: toAccount(account), roles, ways, device } }
}

export function* readIdentities(account: AccountId): Script<readonly Identity[]> {
  return (yield* all(sql.selectIdentities, account)).map(toIdentity)
}
