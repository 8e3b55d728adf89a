/**
 * Connecting identities and signing in with one. Roles are locked before the address, and the account's row before
 * everything of it, as for every change of how somebody signs in.
 */
import type { Identity } from '@countersign/core'
import type { AccountId } from '@countersign/protocol'
import { text } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { all, one, Rollback, run, type Script } from '../script.ts'
import { lockAccount } from '../statements/accounts.ts'
import * as sql from '../statements/identities.ts'
import { selectPasskeys } from '../statements/passkeys.ts'
import { selectPassword } from '../statements/passwords.ts'
import { insertAccount } from '../steps/accounts.ts'
import { writeAudit } from '../steps/audit.ts'
import { writeMails } from '../steps/mails.ts'
import { giveRoles } from '../steps/roles.ts'
import { lockToSignIn, openUnderLock } from '../steps/sessions.ts'

export function* createAccountByIdentity(
  input: InputOf<'createAccountByIdentity'>,
): Script<AnswerOf<'createAccountByIdentity'>> {
  const { account } = input
  if (!(yield* giveRoles(account.id, input.roles))) throw new Error('There is no such role.')
  if (!(yield* insertAccount(account, null))) throw new Rollback('address_taken')
  if (!(yield* insertIdentity(input.identity))) throw new Rollback('known')
  yield* writeAudit(input.audit)
  return 'created'
}

export function* signInWithIdentity(
  input: InputOf<'signInWithIdentity'>,
): Script<AnswerOf<'signInWithIdentity'>> {
  const { session, identity } = input
  const { accountId, createdAtMs } = session
  if (!(yield* lockToSignIn(session))) return { kind: 'account_gone' }
  // Disconnected meanwhile: under the account's lock there is no other moment left for that.
  if ((yield* run(sql.useIdentity, identity, accountId, createdAtMs)) === 0) {
    throw new Rollback({ kind: 'identity_gone' })
  }
  return yield* openUnderLock(input)
}

export function* addIdentity(input: InputOf<'addIdentity'>): Script<AnswerOf<'addIdentity'>> {
  const { identity } = input
  if ((yield* one(lockAccount, identity.accountId)) === null) return 'account_gone'
  const known = yield* all(sql.selectIdentities, identity.accountId)
  if (known.length >= input.identitiesMax) return 'limit_reached'
  if (!(yield* insertIdentity(identity))) return 'known'
  yield* writeAudit(input.audit)
  yield* writeMails(input.mails)
  return 'added'
}

export function* removeIdentity(input: InputOf<'removeIdentity'>): Script<AnswerOf<'removeIdentity'>> {
  const { account, id } = input
  if ((yield* one(lockAccount, account)) === null) return 'not_found'
  const known = yield* all(sql.selectIdentities, account)
  if (!known.some((row) => text(row, 'id') === id)) return 'not_found'
  const isLast = input.mustKeepWayIn && known.length === 1
  if (isLast && !(yield* hasOtherWayIn(account))) return 'last_way_in'
  yield* run(sql.deleteIdentity, id, account)
  yield* writeAudit(input.audit)
  yield* writeMails(input.mails)
  return 'removed'
}

/** Whether a password or a passkey opens the account by itself. */
function* hasOtherWayIn(account: AccountId): Script<boolean> {
  if ((yield* one(selectPassword, account)) !== null) return true
  return (yield* one(selectPasskeys, account)) !== null
}

/** False where somebody has it. Of two that arrive together, the second waits for the first. */
function* insertIdentity(identity: Identity): Script<boolean> {
  const inserted = yield* one(
    sql.insertIdentity,
    identity.id,
    identity.accountId,
    identity.provider,
    identity.issuer,
    identity.subject,
    identity.label,
    identity.createdAtMs,
    identity.lastUsedAtMs,
    identity.madeIn,
  )
  return inserted !== null
}
