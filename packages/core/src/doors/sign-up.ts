/** Signing up: a new account with the role `member`, or created by an administrator. */
import { MEMBER, type RoleId, type Secret } from '@countersign/protocol'
import { type Account, newAccount, normalizeEmail } from '../accounts/account.ts'
import type { Context, RequestFacts } from '../context.ts'
import { makeAudit, makeId } from '../make.ts'
import { type Outcome, refuse, refuseField } from '../outcome.ts'
import { beginSignUp } from './confirm-sign-up.ts'
import { type AcceptedPassword, acceptNewPassword, breachDetails } from './new-password.ts'

export interface SignUpInput {
  readonly email: string
  readonly password: Secret
  readonly name: string | null
}

export type SignedUp =
  | { readonly kind: 'created'; readonly account: Account }
  /** The same for every address, whoever it belongs to. */
  | { readonly kind: 'check_mail' }

export async function signUp(
  context: Context,
  input: SignUpInput,
  facts: RequestFacts,
): Promise<Outcome<SignedUp>> {
  if (context.policy.signUp === 'closed') return refuse('sign_up_closed')
  const prepared = await prepareAccount(context, input, facts)
  if (!prepared.ok) return prepared
  if (context.policy.emailVerification === 'required') {
    await beginSignUp(context, prepared, facts)
    return { ok: true, kind: 'check_mail' }
  }
  const { account, passwordHash, accepted } = prepared
  const roles: readonly RoleId[] = [MEMBER]
  const actor = { kind: 'account', id: account.id, credential: null } as const
  const audit = makeAudit(context, facts, {
    type: 'account.created',
    actor,
    target: { kind: 'account', id: account.id },
    details: breachDetails(accepted),
  })
  const created = await context.store.createAccount({ account, passwordHash, roles, audit })
  return created === 'created' ? { ok: true, kind: 'created', account } : refuse(created)
}

export interface PreparedAccount {
  readonly account: Account
  readonly passwordHash: string
  readonly accepted: AcceptedPassword
}

/** Checks address and password against the policy and hashes the password; writes nothing. */
export async function prepareAccount(
  context: Context,
  input: SignUpInput,
  facts: RequestFacts,
): Promise<Outcome<PreparedAccount>> {
  const email = normalizeEmail(input.email)
  if (email === null) return refuseField('email', 'This is not an e-mail address.')
  const name = input.name?.trim() || null
  const accepted = await acceptNewPassword(context, input.password, { email, name })
  if (!accepted.ok) return accepted
  const passwordHash = await context.passwords.hash(accepted.normalized)
  const { nowMs: createdAtMs } = facts
  const id = makeId(context, 'acc', createdAtMs)
  const account = newAccount({ id, email, name, emailVerifiedAtMs: null, createdAtMs })
  return { ok: true, account, passwordHash, accepted }
}
