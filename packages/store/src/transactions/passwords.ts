/** Proving and replacing passwords. Locks are taken in the order of `tickets.ts`. */
import { integer, textOrNull } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { toAccount, toTicket } from '../rows.ts'
import { all, one, Rollback, run, type Script } from '../script.ts'
import { lockAccountToSetPassword, selectAccountToProve } from '../statements/accounts.ts'
import { endTrust } from '../statements/devices.ts'
import { countFailure, selectFactors } from '../statements/factors.ts'
import * as sql from '../statements/passwords.ts'
import { renewSession, selectOtherSessions } from '../statements/sessions.ts'
import * as tickets from '../statements/tickets.ts'
import { writeAudit } from '../steps/audit.ts'
import { useProof } from '../steps/factors.ts'
import { appendEntries } from '../steps/log.ts'
import { writeMails } from '../steps/mails.ts'
import { appendNewPassword, writePassword } from '../steps/passwords.ts'
import { readRoles } from '../steps/roles.ts'
import { endAll, toKills, writeUnderLock } from '../steps/sessions.ts'
import { insertTicket } from '../steps/tickets.ts'

export function* takePasswordTry(input: InputOf<'takePasswordTry'>): Script<AnswerOf<'takePasswordTry'>> {
  const account = yield* one(selectAccountToProve, input.account)
  if (account === null) return { kind: 'gone' }
  const counted = yield* one(countFailure, input.account, 'password', input.failuresMax)
  if (counted === null) return { kind: 'closed' }
  const passwordHash = textOrNull(account, 'password_hash')
  return { kind: 'taken', passwordHash, failures: integer(counted, 'failures') }
}

export function* changePassword(input: InputOf<'changePassword'>): Script<AnswerOf<'changePassword'>> {
  const { account, renewed, nowMs } = input
  if (!(yield* writePassword(input))) return { kind: 'password_gone' }
  const others = input.keepOthers
    ? []
    : yield* all(selectOtherSessions, account, renewed?.session ?? '', nowMs)
  const kept = renewed === null ? null : { id: renewed.session, write: () => renew(input, renewed) }
  const ended = yield* endAll(others, nowMs, kept)
  yield* writeAudit(input.audit)
  yield* writeMails(input.mails)
  yield* appendNewPassword(account, ended, input)
  return { kind: 'changed', ended }
}

/** Ended while the password was being checked: whoever held it has no say any more. */
function* renew(
  { account, nowMs }: InputOf<'changePassword'>,
  { session, digest }: NonNullable<InputOf<'changePassword'>['renewed']>,
): Script<void> {
  const renewed = yield* run(renewSession, session, nowMs, account, digest)
  if (renewed === 0) throw new Rollback({ kind: 'session_gone' })
}

export function* requirePasswordChange(
  input: InputOf<'requirePasswordChange'>,
): Script<AnswerOf<'requirePasswordChange'>> {
  const { account, nowMs } = input
  if ((yield* one(sql.requirePasswordChange, account, nowMs)) === null) return { kind: 'not_found' }
  yield* run(tickets.deleteTicketsOfAccount, account)
  yield* run(endTrust, account)
  const sessions = input.keepSessions ? [] : yield* all(selectOtherSessions, account, '', nowMs)
  const ended = yield* endAll(sessions, nowMs)
  yield* writeAudit(input.audit)
  yield* appendEntries(toKills(ended, nowMs, input.entryExpiresAtMs))
  return { kind: 'required', ended }
}

export function* recordPasswordCheck(input: InputOf<'recordPasswordCheck'>): Script<boolean> {
  const { account, passwordHash, nowMs } = input
  const noted =
    input.found === 'clear'
      ? yield* run(sql.noteClear, account, passwordHash, nowMs)
      : yield* run(sql.noteBreached, account, passwordHash, nowMs, input.requireChange ? nowMs : null)
  if (noted === 0) return false
  if (input.audit !== null) yield* writeAudit(input.audit)
  return true
}

/** What fails takes everything back, as in `completeSignIn`. */
export function* exchangeTicket(input: InputOf<'exchangeTicket'>): Script<AnswerOf<'exchangeTicket'>> {
  const { ticket, next, nowMs } = input
  const { accountId } = ticket
  if ((yield* one(lockAccountToSetPassword, accountId, ticket.issuedPosition)) === null) return 'account_gone'
  if ((yield* run(tickets.useTicket, input.ticketDigest, nowMs, accountId)) === 0) return 'ticket_gone'
  if (!(yield* useProof(accountId, input.proof, nowMs))) throw new Rollback('proof_used')
  yield* insertTicket(next.digest, next.ticket)
  yield* writeAudit(next.audit)
  return 'exchanged'
}

export function* takePasswordTicket(
  input: InputOf<'takePasswordTicket'>,
): Script<AnswerOf<'takePasswordTicket'>> {
  for (const digest of input.digests) {
    const row = yield* one(tickets.takePasswordTry, digest, input.nowMs, input.triesMax)
    if (row === null) continue
    const ticket = toTicket(row)
    const account = yield* one(selectAccountToProve, ticket.accountId)
    const passwordHash = account === null ? null : textOrNull(account, 'password_hash')
    if (account === null || passwordHash === null) return null
    const roles = yield* readRoles(ticket.accountId)
    const hasFactor = (yield* one(selectFactors, ticket.accountId)) !== null
    return { digest, ticket, account: toAccount(account), passwordHash, roles, hasFactor }
  }
  return null
}

export function* completePasswordChange(
  input: InputOf<'completePasswordChange'>,
): Script<AnswerOf<'completePasswordChange'>> {
  const { account, ticket, next, nowMs } = input
  if ((yield* one(lockAccountToSetPassword, account, ticket.issuedPosition)) === null) return 'account_gone'
  if ((yield* run(tickets.useTicket, input.ticketDigest, nowMs, account)) === 0) return 'ticket_gone'
  // A factor that was added since the password was proved is not to be led around.
  const lacksFactor = !ticket.amr.includes('mfa') && (yield* one(selectFactors, account)) !== null
  if (lacksFactor || !(yield* writePassword(input))) throw new Rollback('ticket_gone')
  const ended = yield* endAll(yield* all(selectOtherSessions, account, '', nowMs), nowMs)
  yield* writeAudit(input.audit)
  yield* writeMails(input.mails)
  if (next.kind === 'session') {
    const { endedOverCap } = yield* writeUnderLock(next.draft)
    yield* appendNewPassword(account, [...ended, ...endedOverCap], input)
    return 'changed'
  }
  const { draft } = next
  yield* writeAudit(draft.audit)
  // The position of the new password: what was proved before it would be refused together with the old one.
  yield* appendNewPassword(account, ended, input, (issuedPosition) =>
    insertTicket(draft.digest, { ...draft.ticket, issuedPosition }),
  )
  return 'changed'
}
