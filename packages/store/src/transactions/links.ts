/** Links that are sent by mail: opened with their message, used for what they were sent for. Locks as in `tickets.ts`. */
import { text } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { all, one, Rollback, run, type Script } from '../script.ts'
import * as sql from '../statements/links.ts'
import { selectOtherSessions } from '../statements/sessions.ts'
import { writeAudit } from '../steps/audit.ts'
import { writeMails } from '../steps/mails.ts'
import { appendNewPassword, writePassword } from '../steps/passwords.ts'
import { endAll } from '../steps/sessions.ts'

export function* openLink({ link, mails, audit }: InputOf<'openLink'>): Script<AnswerOf<'openLink'>> {
  const { digest, purpose, accountId, email, createdAtMs, expiresAtMs } = link
  const kept = yield* run(sql.insertLink, digest, purpose, accountId ?? '', email, createdAtMs, expiresAtMs)
  if (kept === 1) yield* writeMails(mails)
  yield* writeAudit(audit)
  return kept === 1
}

export function* resetPassword(input: InputOf<'resetPassword'>): Script<AnswerOf<'resetPassword'>> {
  const { account, linkDigest, nowMs } = input
  if (!(yield* writePassword(input))) return { kind: 'password_gone' }
  const used = yield* one(sql.useLink, linkDigest, 'reset_password', account, nowMs)
  if (used === null) throw new Rollback({ kind: 'link_gone' })
  yield* run(sql.deleteLinksOfAccount, account)
  yield* run(sql.verifyEmail, account, text(used, 'email'), nowMs)
  const ended = yield* endAll(yield* all(selectOtherSessions, account, '', nowMs), nowMs)
  yield* writeAudit(input.audit)
  yield* writeMails(input.mails)
  yield* appendNewPassword(account, ended, input)
  return { kind: 'reset', ended }
}
