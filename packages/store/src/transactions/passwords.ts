/** Proving and replacing passwords. Locks are taken in the order of `tickets.ts`. */
import { integer, textOrNull } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { all, one, Rollback, run, type Script } from '../script.ts'
import { selectAccountToProve } from '../statements/accounts.ts'
import { countFailure } from '../statements/factors.ts'
import { renewSession, selectOtherSessions } from '../statements/sessions.ts'
import { writeAudit } from '../steps/audit.ts'
import { writeMails } from '../steps/mails.ts'
import { appendNewPassword, writePassword } from '../steps/passwords.ts'
import { endAll } from '../steps/sessions.ts'

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
  if (renewed !== null) {
    // Ended while the password was being checked: whoever held it has no say any more.
    const { session, digest } = renewed
    if ((yield* run(renewSession, session, nowMs, account, digest)) === 0) {
      throw new Rollback({ kind: 'session_gone' })
    }
  }
  const others = input.keepOthers
    ? []
    : yield* all(selectOtherSessions, account, renewed?.session ?? '', nowMs)
  const ended = yield* endAll(others, nowMs)
  yield* writeAudit(input.audit)
  yield* writeMails(input.mails)
  yield* appendNewPassword(account, ended, input)
  return { kind: 'changed', ended }
}
