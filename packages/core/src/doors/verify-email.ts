/** Showing that somebody reads the mail of the address that their account has. */
import { type AccountId, permissions as own, Secret } from '@countersign/protocol'
import type { AuditActor } from '../audit/event.ts'
import { ANONYMOUS, type Caller, toActor } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import { EMAIL_LINK_SECONDS } from '../links/link.ts'
import { makeAudit, makeSecret } from '../make.ts'
import { makeLinkMail } from '../make-mail.ts'
import { type Outcome, refuse } from '../outcome.ts'
import type { AccountWithRoles } from './accounts.ts'
import { readOwnAccount } from './own-data.ts'
import { mayChange } from './principals.ts'

/** The address, to which a link is on its way. */
export async function requestEmailVerification(
  context: Context,
  caller: Caller,
  facts: RequestFacts,
): Promise<Outcome<{ sent: boolean }>> {
  const found = await readOwnAccount(context, caller)
  if (!found.ok) return found
  return sendLink(context, found.account, toActor(caller), 'owner', facts)
}

export async function startEmailVerification(
  context: Context,
  caller: Caller,
  id: AccountId,
  facts: RequestFacts,
): Promise<Outcome<{ sent: boolean }>> {
  const account = await context.store.readAccount(id)
  const allowed = await mayChange(context, caller, account, undefined, own.accountsWrite)
  if (!allowed.ok) return allowed
  if (account === null) return refuse('not_found')
  return sendLink(context, account, toActor(caller), 'other', facts)
}

async function sendLink(
  context: Context,
  account: AccountWithRoles,
  actor: AuditActor,
  asker: 'owner' | 'other',
  facts: RequestFacts,
): Promise<Outcome<{ sent: boolean }>> {
  if (context.policy.mail === 'off') return refuse('reset_closed')
  if (account.emailVerifiedAtMs !== null) return { ok: true, sent: false }
  const { id: accountId, email } = account
  const ticket = makeSecret(context.random)
  const { nowMs } = facts
  const expiresAtMs = nowMs + EMAIL_LINK_SECONDS * 1000
  const content = { kind: 'verify_email', ticket, expiresAtMs } as const
  const digest = context.secrets.digest(ticket)
  const sent = await context.store.openLink({
    link: { digest, purpose: 'verify_email', accountId, email, createdAtMs: nowMs, expiresAtMs },
    mails: makeLinkMail(context, content, account, asker, facts),
    audit: makeAudit(context, facts, {
      type: 'email.verification_requested',
      actor,
      target: { kind: 'account', id: accountId },
    }),
  })
  return sent ? { ok: true, sent } : refuse('conflict')
}

/** It opens nothing and changes no credential, so that the link alone is enough. */
export async function confirmEmail(
  context: Context,
  ticket: string,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const digests = context.secrets.digests(new Secret(ticket))
  const link = await context.store.readLink(digests, 'verify_email', facts.nowMs)
  if (link === null) return refuse('ticket_ended', 'unknown')
  const verified = await context.store.verifyEmail({
    linkDigest: link.digest,
    account: link.account.id,
    nowMs: facts.nowMs,
    audit: makeAudit(context, facts, {
      type: 'email.verified',
      actor: ANONYMOUS,
      target: { kind: 'account', id: link.account.id },
    }),
  })
  return verified ? { ok: true } : refuse('ticket_ended', 'ended')
}
