/**
 * Changing one's own password (ASVS 6.2.2, 6.2.3): the old one is presented with the new one, and whatever the
 * old one has opened elsewhere is ended, unless its owner says otherwise (ASVS 7.4.3).
 */
import { AAL2, type AccountId, type Secret, type SessionId, toOpaqueCredential } from '@countersign/protocol'
import { type Caller, toActor } from '../caller.ts'
import { type Context, entryExpiry, type RequestFacts } from '../context.ts'
import { FACTOR_FAILURES_MAX } from '../factors/factor.ts'
import { makeAudit, makeSecret } from '../make.ts'
import { makeNotice } from '../make-mail.ts'
import { type Outcome, refuse } from '../outcome.ts'
import { normalizePassword } from '../passwords/policy.ts'
import type { SessionDelivery } from '../sessions/session.ts'
import { acceptNewPassword, breachDetails, checkedAtMs } from './new-password.ts'
import { RECENT_SECONDS, readOwnFactors, stepUpRefusal } from './step-up.ts'

export interface ChangePasswordInput {
  readonly current: Secret
  readonly next: Secret
  readonly keepOtherSessions: boolean
}

export interface PasswordChanged {
  readonly session: SessionId
  readonly delivery: SessionDelivery
  readonly expiresAtMs: number
  /** In place of the one before; null for a session whose tokens are refreshed instead. */
  readonly sessionToken: Secret | null
  readonly ended: number
}

export async function changeOwnPassword(
  context: Context,
  caller: Caller,
  input: ChangePasswordInput,
  facts: RequestFacts,
): Promise<Outcome<PasswordChanged>> {
  const own = await readOwnFactors(context, caller)
  if (!own.ok) return own
  const { account: id, session } = own
  if (own.view.factors.length > 0) {
    // The password alone must not shut out the owner of a factor.
    const refusal = stepUpRefusal(caller, { acr: AAL2, maxAgeSeconds: RECENT_SECONDS }, facts.nowMs)
    if (refusal !== null) return refusal
  }
  const account = await context.store.readAccount(id)
  const { found } = await context.store.readSessionForVerdict(session)
  if (account === null || found === null) return refuse('permission_denied')
  // What is wrong with the new one comes first: then only a wrong current one is counted as a failure.
  if (isSame(input)) return refuse('password_unchanged')
  const accepted = await acceptNewPassword(context, input.next, account)
  if (!accepted.ok) return accepted
  const proven = await proveCurrent(context, caller, id, input.current, facts)
  if (!proven.ok) return proven
  const secret = makeSecret(context.random)
  const changed = await context.store.changePassword({
    account: id,
    from: proven.passwordHash,
    to: await context.passwords.hash(accepted.normalized),
    checkedAtMs: checkedAtMs(accepted, facts),
    renewed: { session, digest: context.secrets.digest(secret) },
    keepOthers: input.keepOtherSessions,
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'password.changed',
      actor: toActor(caller),
      target: { kind: 'account', id },
      details: { kept_other_sessions: input.keepOtherSessions, ...breachDetails(accepted) },
    }),
    mails: makeNotice(context, 'password_changed', account, 'owner', facts, { session }),
  })
  if (changed.kind !== 'changed') {
    // Changed meanwhile: what was presented as the current one is not that any more.
    const isReplaced = changed.kind === 'password_gone'
    return refuse(isReplaced ? 'invalid_current_password' : 'invalid_credential', 'ended')
  }
  await context.feed.catchUp()
  const { delivery, expiresAtMs } = found.session
  const token = toOpaqueCredential(context.policy.credentialStyle, 'session', session, secret)
  const sessionToken = delivery === 'jwt' ? null : token
  return { ok: true, session, delivery, expiresAtMs, sessionToken, ended: changed.ended.length }
}

/** As they would be hashed. */
const isSame = ({ current, next }: ChangePasswordInput): boolean =>
  normalizePassword(current).reveal() === normalizePassword(next).reveal()

/** The failure is counted before the comparison; the change of the password ends the row of them. */
async function proveCurrent(
  context: Context,
  caller: Caller,
  account: AccountId,
  current: Secret,
  facts: RequestFacts,
): Promise<Outcome<{ passwordHash: string }>> {
  const tried = await context.store.takePasswordTry({ account, failuresMax: FACTOR_FAILURES_MAX })
  if (tried.kind === 'gone') return refuse('permission_denied')
  const audit = (type: string, details: { reason?: string }) =>
    makeAudit(context, facts, {
      type,
      outcome: 'refused',
      actor: toActor(caller),
      target: { kind: 'account', id: account },
      details: { factor: 'password', ...details },
    })
  if (tried.kind !== 'taken') {
    await context.store.appendAudit([audit('password.change_refused', { reason: 'closed' })])
    return refuse('factor_closed')
  }
  const { passwordHash, failures } = tried
  const stored = passwordHash ?? context.passwords.decoy
  const { matches } = await context.passwords.verify(normalizePassword(current), stored, 'known')
  if (matches && passwordHash !== null) return { ok: true, passwordHash }
  const events = [audit('password.change_refused', { reason: 'wrong_secret' })]
  if (failures >= FACTOR_FAILURES_MAX) events.push(audit('factor.closed', {}))
  await context.store.appendAudit(events)
  return refuse('invalid_current_password', 'wrong_secret')
}
