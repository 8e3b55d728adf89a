/**
 * Offering, confirming and removing second factors. The account's row is locked first, so that changes of its
 * factors run one after another: of two that remove the last two, the second sees what the first has left.
 */
import { text } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { toFactor } from '../rows.ts'
import { all, one, Rollback, run, type Script } from '../script.ts'
import { lockAccount } from '../statements/accounts.ts'
import { deletePasswordFailuresOfAccount, endTrust } from '../statements/devices.ts'
import * as sql from '../statements/factors.ts'
import { deletePasskey, selectPasskeys } from '../statements/passkeys.ts'
import { offerWithTicket } from '../statements/tickets.ts'
import { writeAudit } from '../steps/audit.ts'
import { confirmFactor as confirm, writeRecoveryCodes } from '../steps/factors.ts'
import { writeMails } from '../steps/mails.ts'
import { readRoles } from '../steps/roles.ts'

export function* offerFactor(input: InputOf<'offerFactor'>): Script<AnswerOf<'offerFactor'>> {
  const { factor, ticketDigest } = input
  const { id, accountId } = factor
  if ((yield* one(lockAccount, accountId)) === null) return 'account_gone'
  const confirmed = yield* all(sql.selectFactors, accountId)
  if (confirmed.length >= input.factorsMax) return 'limit_reached'
  if (ticketDigest !== null) {
    if (confirmed.length > 0) return 'ticket_gone'
    if ((yield* run(offerWithTicket, ticketDigest, id, accountId, input.nowMs)) === 0) return 'ticket_gone'
  }
  yield* run(sql.deleteOffers, accountId)
  yield* run(
    sql.insertFactor,
    input.sealedSeed,
    input.offeredUntilMs,
    0,
    id,
    accountId,
    factor.kind,
    factor.name,
    factor.createdAtMs,
    factor.lastUsedAtMs,
  )
  yield* writeAudit(input.audit)
  return 'offered'
}

export function* confirmFactor(input: InputOf<'confirmFactor'>): Script<AnswerOf<'confirmFactor'>> {
  const { account, id, nowMs } = input
  if ((yield* one(lockAccount, account)) === null) return { kind: 'gone' }
  const isFirst = (yield* one(sql.selectFactors, account)) === null
  const row = yield* confirm(account, id, input.step, nowMs)
  if (row === null) return { kind: 'gone' }
  if (isFirst) yield* writeRecoveryCodes(account, input.recoveryHashes, nowMs)
  yield* run(endTrust, account)
  yield* writeAudit(input.audit)
  yield* writeMails(input.mails)
  return { kind: 'confirmed', factor: toFactor(row), isFirst }
}

export function* removeFactor(input: InputOf<'removeFactor'>): Script<AnswerOf<'removeFactor'>> {
  const { account, id } = input
  if ((yield* one(lockAccount, account)) === null) return 'not_found'
  const factors = yield* all(sql.selectFactors, account)
  const removed = factors.find((row) => text(row, 'id') === id)
  if (removed === undefined) return 'not_found'
  const isLast = factors.length === 1
  const mustStay = yield* mustKeep(input)
  if (isLast && mustStay.one) return 'last_factor'
  const devices = (yield* all(selectPasskeys, account)).filter((row) => row.backup_eligible_at === null)
  const isLastDevice = devices.length === 1 && devices.some((row) => text(row, 'id') === id)
  if (isLastDevice && mustStay.device) return 'last_factor'
  yield* run(sql.deleteFactor, id, account)
  yield* run(deletePasskey, id, account)
  if (isLast) yield* run(sql.deleteRecoveryCodes, account)
  yield* run(sql.deleteFailures, account, text(removed, 'kind'))
  yield* run(endTrust, account)
  yield* writeAudit(input.audit)
  yield* writeMails(input.mails)
  return 'removed'
}

function* mustKeep(input: InputOf<'removeFactor'>): Script<{ one: boolean; device: boolean }> {
  const roles = yield* readRoles(input.account)
  return {
    one: input.mustKeepOne || roles.some((role) => input.mustKeepOneRoles.includes(role)),
    device: input.mustKeepDevice || roles.some((role) => input.mustKeepDeviceRoles.includes(role)),
  }
}

export function* replaceRecoveryCodes(
  input: InputOf<'replaceRecoveryCodes'>,
): Script<AnswerOf<'replaceRecoveryCodes'>> {
  const { account } = input
  if ((yield* one(lockAccount, account)) === null) return 'no_factor'
  if ((yield* one(sql.selectFactors, account)) === null) return 'no_factor'
  yield* writeRecoveryCodes(account, input.hashes, input.nowMs)
  yield* run(endTrust, account)
  yield* writeAudit(input.audit)
  yield* writeMails(input.mails)
  return 'replaced'
}

export function* reopenFactors(input: {
  account: InputOf<'reopenFactors'>
  audit: Parameters<typeof writeAudit>[0]
}): Script<AnswerOf<'reopenFactors'>> {
  if ((yield* one(lockAccount, input.account)) === null) throw new Rollback('not_found')
  yield* run(sql.deleteFailuresOfAccount, input.account)
  yield* run(deletePasswordFailuresOfAccount, input.account)
  yield* writeAudit(input.audit)
  return 'reopened'
}
