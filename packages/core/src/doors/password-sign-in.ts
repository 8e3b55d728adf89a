/**
 * The last step of signing in where the password has to be changed: the ticket with another password, then the
 * session, all in one transaction. Everything that the old password has opened ends with it.
 */
import type { Secret } from '@countersign/protocol'
import { ANONYMOUS } from '../caller.ts'
import { entryExpiry, type RequestFacts } from '../context.ts'
import { meets } from '../factors/assurance.ts'
import { demandsFactor } from '../factors/factor.ts'
import { PASSWORD_TRIES_MAX } from '../factors/ticket.ts'
import { makeAudit } from '../make.ts'
import { makeNotice } from '../make-mail.ts'
import { type Outcome, type Refusal, refuse } from '../outcome.ts'
import type { TakenPasswordTicket } from '../passwords-port.ts'
import type { SessionDelivery } from '../sessions/session.ts'
import { prepareDevice } from './devices.ts'
import type { FactorSignedIn } from './factor-sign-in.ts'
import type { MintContext } from './mint.ts'
import { type AcceptedPassword, acceptNewPassword, breachDetails, checkedAtMs } from './new-password.ts'
import { deliverSession, type PreparedSession, type Proven, prepareSession } from './open-session.ts'
import { learnPassed } from './risk.ts'
import { nextEnrolment, prepareTicket, type StepRequired } from './tickets.ts'

export interface NewPasswordInput {
  readonly ticket: Secret
  readonly password: Secret
  /** In place of what was asked for with the old password. */
  readonly deliver: SessionDelivery | null
}

export async function signInWithNewPassword(
  context: MintContext,
  input: NewPasswordInput,
  facts: RequestFacts,
): Promise<Outcome<FactorSignedIn | StepRequired>> {
  const taken = await context.store.takePasswordTicket({
    digests: context.secrets.digests(input.ticket),
    triesMax: PASSWORD_TRIES_MAX,
    nowMs: facts.nowMs,
  })
  if (taken === null) return refuse('ticket_ended', 'unknown')
  const { ticket, account } = taken
  // A factor that was added since the password was proved: the sign-in begins anew, and asks for it.
  if (taken.hasFactor && !ticket.amr.includes('mfa')) return refuse('ticket_ended', 'ended')
  const accepted = await acceptNewPassword(context, input.password, account)
  if (!accepted.ok) return accepted
  const { matches } = await context.passwords.verify(accepted.normalized, taken.passwordHash, 'known')
  if (matches) return refuse('password_unchanged')
  const { amr, issuedPosition, refresh, level } = ticket
  const proven: Proven = { account, issuedPosition, amr, factor: 'new_password', level }
  const deliver = input.deliver ?? ticket.delivery
  const lacksFactor = !taken.hasFactor && demandsFactor(context.policy, taken.roles, level)
  if (lacksFactor || !meets(level, amr)) {
    const next = prepareTicket(context, proven, { deliver, refresh }, nextEnrolment(level), facts)
    const changed = await change(context, taken, accepted, { kind: 'ticket', draft: next.draft }, facts)
    return changed ?? { ok: true, ...next.required }
  }
  // A browser becomes known by its next sign-in, which is one with the new password.
  const device = prepareDevice(context, false, facts)
  const passed: Proven = { ...proven, learned: await learnPassed(context, account, device, facts) }
  const prepared: PreparedSession = prepareSession(context, passed, device, deliver, facts)
  const changed = await change(context, taken, accepted, { kind: 'session', draft: prepared.draft }, facts)
  if (changed !== null) return changed
  const opened = { kind: 'opened', endedOverCap: [], device: null } as const
  const signedIn = await deliverSession(context, account, prepared, opened, facts)
  return signedIn.ok ? { ...signedIn, refresh } : signedIn
}

type Next = Parameters<MintContext['store']['completePasswordChange']>[0]['next']

/** Null where it was done. */
async function change(
  context: MintContext,
  { ticket, digest, account, passwordHash }: TakenPasswordTicket,
  accepted: AcceptedPassword,
  next: Next,
  facts: RequestFacts,
): Promise<Refusal | null> {
  const changed = await context.store.completePasswordChange({
    account: account.id,
    from: passwordHash,
    to: await context.passwords.hash(accepted.normalized),
    checkedAtMs: checkedAtMs(accepted, facts),
    ticketDigest: digest,
    ticket,
    next,
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'password.changed',
      actor: ANONYMOUS,
      target: { kind: 'account', id: account.id },
      details: { was_required: true, ...breachDetails(accepted) },
    }),
    mails: makeNotice(context, 'password_changed', account, 'owner', facts, {
      session: next.kind === 'session' ? next.draft.session.id : null,
    }),
  })
  if (changed !== 'changed') return refuse('ticket_ended', changed === 'account_gone' ? 'revoked' : 'ended')
  await context.feed.catchUp()
  return null
}
