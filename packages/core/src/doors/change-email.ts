/**
 * Another address for an account (ASVS 6.3.7, 7.5.1). It is confirmed from the new mailbox, with the password:
 * whoever gets a link that was meant for somebody else cannot take the account over with it. The old mailbox is told,
 * and can take it back for a week.
 */
import { Secret } from '@countersign/protocol'
import { normalizeEmail } from '../accounts/account.ts'
import { ANONYMOUS, type Caller, toActor } from '../caller.ts'
import { type Context, entryExpiry, type RequestFacts } from '../context.ts'
import { FACTOR_FAILURES_MAX } from '../factors/factor.ts'
import { EMAIL_LINK_SECONDS } from '../links/link.ts'
import type { FoundLink } from '../links-port.ts'
import { makeAudit, makeSecret } from '../make.ts'
import { makeLinkMail, makeNotice } from '../make-mail.ts'
import { type Outcome, refuse, refuseField } from '../outcome.ts'
import { normalizePassword } from '../passwords/policy.ts'
import { requireStrongest } from './step-up.ts'

/** Answered alike whether the new address is somebody's or not, with the same work. */
export async function requestEmailChange(
  context: Context,
  caller: Caller,
  address: string,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const own = await requireStrongest(context, caller, facts)
  if (!own.ok) return own
  if (context.policy.mail === 'off') return refuse('reset_closed')
  const newEmail = normalizeEmail(address)
  if (newEmail === null) return refuseField('email', 'This is not an e-mail address.')
  const { account: accountId, session, view } = own
  const { email } = view
  if (newEmail === email) return refuseField('email', 'This is your address already.')
  // The link is used with it: one that nobody could use is not sent.
  if (!view.hasPassword) return refuse('password_missing')
  const ticket = makeSecret(context.random)
  const { nowMs } = facts
  const expiresAtMs = nowMs + EMAIL_LINK_SECONDS * 1000
  const digest = context.secrets.digest(ticket)
  const recipient = { id: accountId, email: newEmail }
  const content = { kind: 'change_email', ticket, expiresAtMs } as const
  await context.store.beginEmailChange({
    link: { digest, purpose: 'change_email', accountId, email, newEmail, createdAtMs: nowMs, expiresAtMs },
    // All are made for everybody: how long it takes must not tell which ones are sent.
    fresh: makeLinkMail(context, content, recipient, 'owner', facts),
    known: makeNotice(context, 'email_taken', { id: null, email: newEmail }, 'owner', facts),
    notice: makeNotice(context, 'email_change_asked', { id: accountId, email }, 'owner', facts, { session }),
    audit: makeAudit(context, facts, {
      type: 'email.change_requested',
      actor: toActor(caller),
      target: { kind: 'account', id: accountId },
    }),
  })
  return { ok: true }
}

/** A wrong password leaves the link as it is, and counts as one at the sign-in of the account's owner. */
export async function confirmEmailChange(
  context: Context,
  input: { readonly ticket: string; readonly password: Secret },
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const digests = context.secrets.digests(new Secret(input.ticket))
  const link = await context.store.readLink(digests, 'change_email', facts.nowMs)
  if (link === null || link.newEmail === null) return refuseLink(context, null, 'unknown', facts)
  const { account, newEmail: email } = link
  const { id } = account
  const taken = await context.store.takePasswordTry({ account: id, failuresMax: FACTOR_FAILURES_MAX })
  if (taken.kind !== 'taken') return refuseLink(context, link, 'closed', facts)
  const stored = taken.passwordHash ?? context.passwords.decoy
  const { matches } = await context.passwords.verify(normalizePassword(input.password), stored)
  if (!matches || taken.passwordHash === null) {
    await refuseLink(context, link, 'wrong_secret', facts)
    return refuse('invalid_credentials', 'wrong_secret')
  }
  const cause = { session: null, newEmail: email }
  const changed = await context.store.completeEmailChange({
    linkDigest: link.digest,
    account: id,
    email,
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    mails: [
      ...makeNotice(context, 'email_changed', account, 'owner', facts, cause),
      ...makeNotice(context, 'email_changed', { id, email }, 'owner', facts),
    ],
    audit: makeAudit(context, facts, {
      type: 'email.changed',
      actor: { kind: 'account', id, credential: null },
      target: { kind: 'account', id },
    }),
  })
  if (changed === 'link_gone') return refuseLink(context, link, 'used', facts)
  // They read the mail of the address, so they may know that it has an account by now.
  if (changed !== 'changed') return refuse(changed)
  await context.feed.catchUp()
  return { ok: true }
}

async function refuseLink(
  context: Context,
  link: FoundLink | null,
  reason: 'unknown' | 'used' | 'closed' | 'wrong_secret',
  facts: RequestFacts,
) {
  const draft = {
    type: 'email.change_refused',
    outcome: 'refused',
    actor: ANONYMOUS,
    target: link === null ? null : { kind: 'account', id: link.account.id },
    details: { reason },
  } as const
  await context.store.appendAudit([makeAudit(context, facts, draft)])
  return refuse(reason === 'closed' ? 'factor_closed' : 'ticket_ended', 'ended')
}
