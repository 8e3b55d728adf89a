/**
 * Tickets: opened after a password, tried with a factor, spent for a session. Locks are taken in one order: the
 * account, the ticket, the factor, the failures, sessions, the log.
 */
import { integer, text, textOrNull } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { toAccount, toPasskey, toTicket, toTotpSeed } from '../rows.ts'
import { all, one, Rollback, type Row, run, type Script } from '../script.ts'
import { selectAccountToProve } from '../statements/accounts.ts'
import { endTrust, trustDevice } from '../statements/devices.ts'
import * as factors from '../statements/factors.ts'
import { selectPasskeys } from '../statements/passkeys.ts'
import { raiseSession } from '../statements/sessions.ts'
import * as sql from '../statements/tickets.ts'
import { writeAudit } from '../steps/audit.ts'
import { endFailures } from '../steps/devices.ts'
import { useProof } from '../steps/factors.ts'
import { appendEntry } from '../steps/log.ts'
import { writeMails } from '../steps/mails.ts'
import { writeJudged } from '../steps/risk.ts'
import { lockToSignIn, openUnderLock } from '../steps/sessions.ts'
import { insertTicket } from '../steps/tickets.ts'

type TryInput = InputOf<'takeTry'>

export function* openTicket(input: InputOf<'openTicket'>): Script<void> {
  const { digest, ticket, audit, judged, proved } = input
  yield* insertTicket(digest, ticket)
  if (proved !== undefined) yield* endFailures(proved)
  if (audit !== null) yield* writeAudit(audit)
  yield* writeJudged(judged)
}

export function* takeTry(input: TryInput): Script<AnswerOf<'takeTry'>> {
  const found = yield* takeTicketTry(input)
  if (found === null) return { kind: 'gone' }
  const { digest, row } = found
  const ticket = toTicket(row)
  const { accountId } = ticket
  const account = yield* one(selectAccountToProve, accountId)
  if (account === null) return { kind: 'gone' }
  const failures = yield* countFailure(accountId, input)
  if (failures === null) return { kind: 'closed', account: accountId }
  const code =
    input.recoveryNumber === null
      ? null
      : yield* one(factors.selectRecoveryCode, accountId, input.recoveryNumber)
  const isEnrolment = ticket.purpose === 'enrol'
  const seeds = isEnrolment
    ? yield* all(factors.selectOffer, ticket.factorId, accountId, input.nowMs)
    : yield* all(factors.selectFactors, accountId)
  const passkeys = isEnrolment ? [] : yield* all(selectPasskeys, accountId)
  const taken = {
    ticket,
    digest,
    account: toAccount(account),
    passwordHash: textOrNull(account, 'password_hash'),
    totps: seeds.filter((row) => text(row, 'kind') === 'totp').map(toTotpSeed),
    passkeys: passkeys.map(toPasskey),
    recoveryHash: code === null ? null : text(code, 'hash'),
    failures,
  }
  return { kind: 'taken', taken }
}

/** Null where the limit is reached. Signatures are not guessed, so those of passkeys are not counted. */
function* countFailure(account: string, { way, failuresMax }: TryInput): Script<number | null> {
  if (way === 'passkey') return 0
  const counted = yield* one(factors.countFailure, account, way, failuresMax)
  return counted === null ? null : integer(counted, 'failures')
}

/** One secret has one digest under each pepper that is still known. */
function* takeTicketTry(input: TryInput): Script<{ digest: string; row: Row } | null> {
  for (const digest of input.digests) {
    const row = yield* one(sql.takeTry, digest, input.session ?? '', input.nowMs, input.triesMax)
    if (row !== null) return { digest, row }
  }
  return null
}

/** What fails takes everything back: the ticket stays for the next try, and the proof for its rightful use. */
export function* completeSignIn(input: InputOf<'completeSignIn'>): Script<AnswerOf<'completeSignIn'>> {
  const { session, ticketDigest, proof, enrolment } = input
  const { accountId, createdAtMs } = session
  if (!(yield* lockToSignIn(session))) return { kind: 'account_gone' }
  if ((yield* run(sql.useTicket, ticketDigest, createdAtMs, accountId)) === 0) {
    throw new Rollback({ kind: 'ticket_gone' })
  }
  if (!(yield* useProof(accountId, proof, createdAtMs))) throw new Rollback({ kind: 'proof_used' })
  if (enrolment !== null) yield* writeAudit(enrolment)
  yield* writeMails(input.mails)
  if (enrolment !== null) yield* run(endTrust, accountId)
  const opened = yield* openUnderLock(input)
  const { trustUntilMs = null } = input
  if (trustUntilMs !== null && opened.device !== null) {
    yield* run(trustDevice, opened.device, accountId, trustUntilMs)
  }
  return opened
}

export function* completeStepUp(input: InputOf<'completeStepUp'>): Script<AnswerOf<'completeStepUp'>> {
  const { session: id, account, nowMs } = input
  if ((yield* run(sql.useTicket, input.ticketDigest, nowMs, account)) === 0) return 'ticket_gone'
  if (!(yield* useProof(account, input.proof, nowMs))) throw new Rollback('proof_used')
  const amr = JSON.stringify(input.amr)
  const raised = yield* run(raiseSession, id, nowMs, account, input.digest, amr, input.acr)
  if (raised === 0) throw new Rollback('session_gone')
  yield* writeAudit(input.audit)
  yield* writeMails(input.mails)
  const node = { kind: 'session', id } as const
  yield* appendEntry({ node, effect: 'rule', atMs: nowMs, expiresAtMs: input.entryExpiresAtMs })
  return 'raised'
}
