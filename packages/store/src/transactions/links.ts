/** Links that are sent by mail: opened with their message, used for what they were sent for. Locks as in `tickets.ts`. */
import { text } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { all, one, Rollback, run, type Script } from '../script.ts'
import { lockAccount, selectAccountByEmail } from '../statements/accounts.ts'
import { deleteFailures } from '../statements/factors.ts'
import * as sql from '../statements/links.ts'
import { selectOtherSessions } from '../statements/sessions.ts'
import { moveAccount } from '../steps/accounts.ts'
import { writeAudit } from '../steps/audit.ts'
import { appendEntry } from '../steps/log.ts'
import { writeMails } from '../steps/mails.ts'
import { appendNewPassword, writePassword } from '../steps/passwords.ts'
import { endAll } from '../steps/sessions.ts'

export function* openLink({ link, mails, audit }: InputOf<'openLink'>): Script<AnswerOf<'openLink'>> {
  const { digest, purpose, accountId, email, createdAtMs, expiresAtMs } = link
  const values = [accountId ?? '', email, createdAtMs, expiresAtMs, link.newEmail ?? null]
  const kept = yield* run(sql.insertLink, digest, purpose, ...values)
  if (kept === 1) yield* writeMails(mails)
  yield* writeAudit(audit)
  return kept === 1
}

export function* resetPassword(input: InputOf<'resetPassword'>): Script<AnswerOf<'resetPassword'>> {
  const { account, linkDigest, nowMs } = input
  if (!(yield* writePassword(input))) return { kind: 'password_gone' }
  const used = yield* one(sql.useLink, linkDigest, 'reset_password', account, nowMs)
  if (used === null) throw new Rollback({ kind: 'link_gone' })
  yield* run(sql.deleteOpeningLinks, account)
  yield* run(sql.verifyEmail, account, text(used, 'email'), nowMs)
  const ended = yield* endAll(yield* all(selectOtherSessions, account, '', nowMs), nowMs)
  yield* writeAudit(input.audit)
  yield* writeMails(input.mails)
  yield* appendNewPassword(account, ended, input)
  return { kind: 'reset', ended }
}

export function* beginEmailChange(input: InputOf<'beginEmailChange'>): Script<AnswerOf<'beginEmailChange'>> {
  const { link } = input
  const { digest, purpose, accountId, email, newEmail, createdAtMs, expiresAtMs } = link
  const isKnown = (yield* one(selectAccountByEmail, newEmail)) !== null
  yield* run(sql.deleteLinksOfPurpose, accountId ?? '', purpose)
  // Kept for a known address too, where nobody is sent the link: the work must be the same.
  const values = [accountId ?? '', email, createdAtMs, expiresAtMs, newEmail]
  const kept = yield* run(sql.insertLink, digest, purpose, ...values)
  if (kept === 1) yield* writeMails([...(isKnown ? input.known : input.fresh), ...input.notice])
  yield* writeAudit(input.audit)
}

export function* completeEmailChange(
  input: InputOf<'completeEmailChange'>,
): Script<AnswerOf<'completeEmailChange'>> {
  const { account, email, linkDigest, nowMs } = input
  if ((yield* one(lockAccount, account)) === null) return 'link_gone'
  if ((yield* one(sql.useLink, linkDigest, 'change_email', account, nowMs)) === null) return 'link_gone'
  if (!(yield* moveAccount(account, email, nowMs))) throw new Rollback('address_taken')
  yield* run(sql.deleteOpeningLinks, account)
  // The password was right.
  yield* run(deleteFailures, account, 'password')
  yield* writeAudit(input.audit)
  yield* writeMails(input.mails)
  const node = { kind: 'account', id: account } as const
  // The address stands in verdicts.
  yield* appendEntry({ node, effect: 'rule', atMs: nowMs, expiresAtMs: input.entryExpiresAtMs })
  return 'changed'
}

export function* verifyEmail(input: InputOf<'verifyEmail'>): Script<AnswerOf<'verifyEmail'>> {
  const { account, linkDigest, nowMs } = input
  if ((yield* one(lockAccount, account)) === null) return false
  const used = yield* one(sql.useLink, linkDigest, 'verify_email', account, nowMs)
  if (used === null || (yield* run(sql.verifyEmail, account, text(used, 'email'), nowMs)) === 0) {
    throw new Rollback(false)
  }
  yield* writeAudit(input.audit)
  return true
}
