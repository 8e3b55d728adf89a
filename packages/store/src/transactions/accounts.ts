/** Writing people: create, change, disable, end. */
import type { Account, EntryDraft, QueuedMail } from '@countersign/core'
import type { AccountId } from '@countersign/protocol'
import { ADMINISTRATOR } from '@countersign/protocol'
import { integer } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { toAccount } from '../rows.ts'
import { one, Rollback, run, type Script } from '../script.ts'
import * as sql from '../statements/accounts.ts'
import { deleteConsentsOfAccount } from '../statements/authorizations.ts'
import { endTrust } from '../statements/devices.ts'
import { deleteLinksOfAccount, deleteOpeningLinks } from '../statements/links.ts'
import { deleteMailsOfAccount } from '../statements/mails.ts'
import { deleteRolesOfPrincipal } from '../statements/roles.ts'
import { insertAccount, moveAccount } from '../steps/accounts.ts'
import { writeAudit } from '../steps/audit.ts'
import { deleteAllFactors } from '../steps/factors.ts'
import { appendEntry, appendWith } from '../steps/log.ts'
import { writeMails } from '../steps/mails.ts'
import { deleteRiskOf } from '../steps/risk.ts'
import { giveRoles, holdAdministrators, planRoles, readRoles, writeRoles } from '../steps/roles.ts'

export function* createAccount(input: InputOf<'createAccount'>): Script<AnswerOf<'createAccount'>> {
  if (input.roles.includes(ADMINISTRATOR)) yield* holdAdministrators()
  // Roles come before the address: their locks are always taken before an account's.
  if (!(yield* giveRoles(input.account.id, input.roles))) throw new Error('There is no such role.')
  if (!(yield* insertAccount(input.account, input.passwordHash))) throw new Rollback('address_taken')
  yield* writeAudit(input.audit)
  return 'created'
}

export function* replacePasswordHash(input: { id: AccountId; from: string; to: string }): Script<boolean> {
  return (yield* run(sql.replacePasswordHash, input.id, input.from, input.to)) === 1
}

export function* changeAccount(input: InputOf<'changeAccount'>): Script<AnswerOf<'changeAccount'>> {
  const { id, disabledAtMs } = input
  const isDisabling = typeof disabledAtMs === 'number'
  if (input.roles !== undefined || isDisabling) yield* holdAdministrators()
  const roles = yield* planRoles(id, input.roles)
  const row = yield* one(sql.lockAccount, id)
  if (row === null) return 'not_found'
  if (roles === null) return 'unknown_role'
  const account = toAccount(row)
  const mayLeaveNone = isDisabling || roles.removed.includes(ADMINISTRATOR)
  if (mayLeaveNone && (yield* isLastAdministrator(account))) return 'last_administrator'
  const name = input.name === undefined ? account.name : input.name
  const isEnabling = disabledAtMs === null && account.disabledAtMs !== null
  const isVerdictNew =
    name !== account.name || roles.added.length + roles.removed.length > 0 || isDisabling || isEnabling
  const moved = input.moved ?? null
  const isMoving = moved !== null && moved.email !== account.email
  if (isMoving && !(yield* move(account, moved))) throw new Rollback('address_taken')
  yield* writeAudit(input.audit)
  if (isDisabling && account.disabledAtMs === null) yield* writeMails(input.mails)
  if (!isVerdictNew && !isMoving) return 'changed'
  yield* writeRoles(id, roles)
  const disabled = disabledAtMs === undefined ? account.disabledAtMs : disabledAtMs
  const revokedBefore = Math.max(integer(row, 'revoked_before'), roles.revokedBefore)
  const entry = toRule(input)
  if (isDisabling) {
    yield* run(endTrust, id)
    yield* appendWith(entry, (position) => run(sql.changeAccount, id, name, disabled, position))
  } else {
    yield* run(sql.changeAccount, id, name, disabled, revokedBefore)
    yield* appendEntry(entry)
  }
  return 'changed'
}

function* move(account: Account, moved: { email: string; mails: readonly QueuedMail[] }): Script<boolean> {
  if (!(yield* moveAccount(account.id, moved.email, null))) return false
  yield* run(deleteOpeningLinks, account.id)
  yield* writeMails(moved.mails)
  return true
}

/** The account administers, and nobody else who does is enabled. Needs the lock `administrators`. */
function* isLastAdministrator(account: Account): Script<boolean> {
  if (account.disabledAtMs !== null) return false
  if (!(yield* readRoles(account.id)).includes(ADMINISTRATOR)) return false
  return (yield* one(sql.selectOtherAdministrator, ADMINISTRATOR, account.id)) === null
}

const toRule = (input: { id: AccountId; nowMs: number; entryExpiresAtMs: number }): EntryDraft => ({
  node: { kind: 'account', id: input.id },
  effect: 'rule',
  atMs: input.nowMs,
  expiresAtMs: input.entryExpiresAtMs,
})

export function* endAccount(input: InputOf<'endAccount'>): Script<AnswerOf<'endAccount'>> {
  yield* holdAdministrators()
  const row = yield* one(sql.lockAccount, input.id)
  if (row === null) return 'not_found'
  if (yield* isLastAdministrator(toAccount(row))) return 'last_administrator'
  // What a lost role had ended stays ended by the account's own rule, which is newer than any of theirs.
  yield* run(deleteRolesOfPrincipal, input.id)
  yield* deleteAllFactors(input.id)
  yield* run(deleteConsentsOfAccount, input.id)
  yield* run(deleteMailsOfAccount, input.id)
  yield* deleteRiskOf(input.id)
  yield* run(deleteLinksOfAccount, input.id)
  yield* writeAudit(input.audit)
  yield* writeMails(input.mails)
  yield* appendWith(toRule(input), (position) => run(sql.endAccount, input.id, input.nowMs, position))
  return 'ended'
}
