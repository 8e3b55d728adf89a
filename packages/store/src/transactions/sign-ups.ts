/** Sign-ups that wait for their link, and the account that comes of one. Roles are locked before the address. */
import type { AnswerOf, InputOf } from '../port.ts'
import { one, Rollback, run, type Script } from '../script.ts'
import { selectAccountByEmail } from '../statements/accounts.ts'
import * as sql from '../statements/sign-ups.ts'
import { insertAccount } from '../steps/accounts.ts'
import { writeAudit } from '../steps/audit.ts'
import { writeMails } from '../steps/mails.ts'
import { giveRoles } from '../steps/roles.ts'

/** Old ones that a new one takes away. */
const SWEPT_MAX = 10

export function* beginSignUp(input: InputOf<'beginSignUp'>): Script<AnswerOf<'beginSignUp'>> {
  const { digest, email, name, passwordHash, createdAtMs, expiresAtMs } = input.signUp
  const isKnown = (yield* one(selectAccountByEmail, email)) !== null
  // Kept for a known address too, where nobody is sent the link: the work must be the same.
  yield* run(sql.insertSignUp, digest, email, name, passwordHash, createdAtMs, expiresAtMs)
  yield* run(sql.forgetSignUps, createdAtMs, SWEPT_MAX)
  yield* writeMails(isKnown ? input.known : input.fresh)
  yield* writeAudit(input.audit)
}

export function* completeSignUp(input: InputOf<'completeSignUp'>): Script<AnswerOf<'completeSignUp'>> {
  const { account, digest } = input
  if (!(yield* giveRoles(account.id, input.roles))) throw new Error('There is no such role.')
  if ((yield* run(sql.useSignUp, digest, input.nowMs)) === 0) throw new Rollback('gone')
  if (!(yield* insertAccount(account, input.passwordHash))) throw new Rollback('address_taken')
  yield* run(sql.deleteSignUpsOfEmail, account.email)
  yield* writeAudit(input.audit)
  return 'created'
}
