/** Reading second factors and tickets. */
import type { FactorWay } from '@countersign/core'
import { waysOf } from '@countersign/core/records'
import type { AccountId, FactorId } from '@countersign/protocol'
import { integer, narrowed, oneOf } from '../columns.ts'
import type { AnswerOf } from '../port.ts'
import { toAccount, toFactor, toTicket, toTotpSeed } from '../rows.ts'
import { all, one, type Script } from '../script.ts'
import { selectAccount } from '../statements/accounts.ts'
import * as sql from '../statements/factors.ts'
import { selectPassword } from '../statements/passwords.ts'
import { selectTicket } from '../statements/tickets.ts'
import { readRoles } from '../steps/roles.ts'

const ways = ['totp', 'passkey', 'recovery_code', 'password'] as const satisfies readonly FactorWay[]

export function* readFactors(account: AccountId, failuresMax: number): Script<AnswerOf<'readFactors'>> {
  const row = yield* one(selectAccount, account)
  if (row === null) return null
  const closed = yield* all(sql.selectClosed, account, failuresMax)
  return {
    email: toAccount(row).email,
    hasPassword: (yield* one(selectPassword, account)) !== null,
    roles: yield* readRoles(account),
    factors: (yield* all(sql.selectFactors, account)).map(toFactor),
    recoveryCodesLeft: yield* countRecoveryCodes(account),
    closed: closed.map((row) => narrowed(row, 'way', oneOf(ways))),
  }
}

function* countRecoveryCodes(account: string): Script<number> {
  const row = yield* one(sql.countRecoveryCodes, account)
  return row === null ? 0 : integer(row, 'unused')
}

/** What an account can prove itself with after the password. `account` may be nobody's: the work is the same. */
export function* readWays(account: AccountId | ''): Script<readonly FactorWay[]> {
  const factors = (yield* all(sql.selectFactors, account)).map(toFactor)
  return waysOf(factors, yield* countRecoveryCodes(account))
}

export function* readTicket(digests: readonly string[], nowMs: number): Script<AnswerOf<'readTicket'>> {
  for (const digest of digests) {
    const row = yield* one(selectTicket, digest, nowMs)
    if (row === null) continue
    const ticket = toTicket(row)
    const account = yield* one(selectAccount, ticket.accountId)
    return account === null ? null : { digest, ticket, account: toAccount(account) }
  }
  return null
}

export function* readOffer(account: AccountId, id: FactorId, nowMs: number): Script<AnswerOf<'readOffer'>> {
  const row = yield* one(sql.selectOffer, id, account, nowMs)
  return row === null ? null : toTotpSeed(row)
}
