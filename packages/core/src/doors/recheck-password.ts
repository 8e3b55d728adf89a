/**
 * Looking a password up once more when it signs in: it may have leaked since it was set, and it is at hand only now.
 * Never done for a wrong one, and never before it is certain that the sign-in is answered as a right one.
 */
import type { Secret } from '@countersign/protocol'
import type { Account } from '../accounts/account.ts'
import { SYSTEM } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import { makeAudit } from '../make.ts'

/** Collections grow by the week, not by the hour. */
export const RECHECK_MS: number = 7 * 86_400_000

export interface Checkable {
  readonly account: Account
  readonly passwordHash: string
  readonly checkedAtMs: number | null
}

/** The account as it is afterwards. Without an answer it stays as it is, and the next sign-in asks again. */
export async function recheckPassword(
  context: Context,
  { account, passwordHash, checkedAtMs }: Checkable,
  password: Secret,
  facts: RequestFacts,
): Promise<Account> {
  const { breachedPasswords, policy } = context
  const isDue = checkedAtMs === null || facts.nowMs - checkedAtMs >= RECHECK_MS
  const isAsked = policy.breachAtSignIn !== 'off' && account.passwordChangeRequiredAtMs === null
  if (breachedPasswords === null || !isAsked || !isDue) return account
  const found = await breachedPasswords.find(password)
  if (found === 'unknown') return account
  const requireChange = found === 'breached' && policy.breachAtSignIn === 'require_change'
  const audit = makeAudit(context, facts, {
    type: 'password.breached',
    actor: SYSTEM,
    target: { kind: 'account', id: account.id },
    details: { change_required: requireChange },
  })
  const { nowMs } = facts
  const noted = await context.store.recordPasswordCheck({
    account: account.id,
    passwordHash,
    found,
    requireChange,
    nowMs,
    audit: found === 'breached' ? audit : null,
  })
  // Replaced in this very moment: no session is opened with this one, which needs no word from here.
  if (!noted) return account
  return {
    ...account,
    passwordBreachedAtMs: found === 'breached' ? (account.passwordBreachedAtMs ?? nowMs) : null,
    passwordChangeRequiredAtMs: requireChange ? nowMs : null,
  }
}
