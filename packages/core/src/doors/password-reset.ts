/**
 * Setting a new password by a link in a mail (ASVS 6.4.3). What is asked for is answered alike for every address,
 * with the same work. The new password opens no session: whoever has a second factor is asked for it at the sign-in
 * that follows, as always.
 */
import { type AccountId, permissions as own, Secret } from '@countersign/protocol'
import { normalizeEmail } from '../accounts/account.ts'
import type { AuditActor } from '../audit/event.ts'
import { ANONYMOUS, type Caller, toActor } from '../caller.ts'
import { type Context, entryExpiry, type RequestFacts } from '../context.ts'
import { RESET_LINK_SECONDS } from '../links/link.ts'
import type { FoundLink } from '../links-port.ts'
import { makeAudit, makeSecret } from '../make.ts'
import { makeLinkMail, makeNotice, type Recipient } from '../make-mail.ts'
import { type Outcome, refuse, refuseField } from '../outcome.ts'
import { acceptNewPassword, breachDetails, checkedAtMs } from './new-password.ts'
import { mayChange } from './principals.ts'

/** Sends a link to the address, if it is somebody's. The answer is the same if it is nobody's. */
export async function requestPasswordReset(
  context: Context,
  address: string,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  if (context.policy.mail === 'off') return refuse('reset_closed')
  const email = normalizeEmail(address)
  if (email === null) return refuseField('email', 'This is not an e-mail address.')
  const { account } = await context.store.readAccountByEmail(email)
  // A disabled account is as good as none; the store looks at that once more.
  const id = account === null || account.disabledAtMs !== null ? null : account.id
  await sendLink(context, { id, email }, ANONYMOUS, 'owner', facts)
  return { ok: true }
}

/** An administrator has the owner set a new password, and sees neither link nor password (ASVS 6.4.6). */
export async function startPasswordReset(
  context: Context,
  caller: Caller,
  id: AccountId,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const account = await context.store.readAccount(id)
  const allowed = await mayChange(context, caller, account, undefined, own.accountsWrite)
  if (!allowed.ok) return allowed
  if (account === null) return refuse('not_found')
  if (context.policy.mail === 'off') return refuse('reset_closed')
  const sent = await sendLink(context, account, toActor(caller), 'other', facts)
  return sent ? { ok: true } : refuse('conflict')
}

/** Everything is made for nobody too: how long it takes must not tell whether there is an account. */
function sendLink(
  context: Context,
  recipient: Recipient,
  actor: AuditActor,
  asker: 'owner' | 'other',
  facts: RequestFacts,
): Promise<boolean> {
  const secret = makeSecret(context.random)
  const { id: accountId, email } = recipient
  const expiresAtMs = facts.nowMs + RESET_LINK_SECONDS * 1000
  const content = { kind: 'reset_password', ticket: secret, expiresAtMs } as const
  return context.store.openLink({
    link: {
      digest: context.secrets.digest(secret),
      purpose: 'reset_password',
      accountId,
      email,
      createdAtMs: facts.nowMs,
      expiresAtMs,
    },
    mails: makeLinkMail(context, content, recipient, asker, facts),
    audit: makeAudit(context, facts, {
      type: 'password.reset_requested',
      outcome: accountId === null ? 'refused' : 'success',
      actor,
      target: accountId === null ? null : { kind: 'account', id: accountId },
    }),
  })
}

/** Nobody was signed in by it: whoever says that it was not them ends whatever has been opened since. */
const ALL_SESSIONS = { session: null } as const

/** A password that is refused leaves the link as it is. */
export async function completePasswordReset(
  context: Context,
  input: { readonly ticket: string; readonly password: Secret },
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const digests = context.secrets.digests(new Secret(input.ticket))
  const link = await context.store.readLink(digests, 'reset_password', facts.nowMs)
  if (link === null) return refuseLink(context, null, facts)
  const accepted = await acceptNewPassword(context, input.password, link.account)
  if (!accepted.ok) return accepted
  const { id } = link.account
  const reset = await context.store.resetPassword({
    linkDigest: link.digest,
    account: id,
    from: link.passwordHash,
    to: await context.passwords.hash(accepted.normalized),
    checkedAtMs: checkedAtMs(accepted, facts),
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    mails: makeNotice(context, 'password_changed', link.account, 'owner', facts, ALL_SESSIONS),
    audit: makeAudit(context, facts, {
      type: 'password.reset',
      actor: { kind: 'account', id, credential: null },
      target: { kind: 'account', id },
      details: breachDetails(accepted),
    }),
  })
  switch (reset.kind) {
    case 'link_gone':
      return refuseLink(context, link, facts)
    // Changed in this very moment: the link is still good, and whoever has it may want the new one or not.
    case 'password_gone':
      return refuse('conflict')
    case 'reset':
      await context.feed.catchUp()
      return { ok: true }
  }
}

async function refuseLink(
  context: Context,
  link: FoundLink | null,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const draft = {
    type: 'password.reset_refused',
    outcome: 'refused',
    actor: ANONYMOUS,
    target: link === null ? null : { kind: 'account', id: link.account.id },
    details: { reason: link === null ? 'unknown' : 'used' },
  } as const
  await context.store.appendAudit([makeAudit(context, facts, draft)])
  return refuse('ticket_ended', 'ended')
}
