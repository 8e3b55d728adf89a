/**
 * "This wasn't me": somebody takes back a sign-in to their account, by the link in the mail that told of it, or from
 * a session of their own; or an administrator does it for them. The password is worth nothing afterwards, since
 * whoever signed in knows it: the next one comes by a link to the mail of the account.
 */
import { type AccountId, permissions as own, Secret, type SessionId } from '@countersign/protocol'
import type { Account } from '../accounts/account.ts'
import type { AuditActor } from '../audit/event.ts'
import { ANONYMOUS, type Caller, toActor } from '../caller.ts'
import { type Context, entryExpiry, type RequestFacts } from '../context.ts'
import { RESET_AFTER_NOT_ME_SECONDS } from '../links/link.ts'
import type { QueuedMail } from '../mail-port.ts'
import { makeAudit, makeSecret } from '../make.ts'
import { makeLinkMail } from '../make-mail.ts'
import { type Outcome, refuse } from '../outcome.ts'
import type { EndedCounts } from '../revocations/revocation.ts'
import { parseProfile } from '../risk/profile.ts'
import { unlearn } from '../risk/unlearn.ts'
import { mayChange } from './principals.ts'
import { requireStrongest } from './step-up.ts'

/** What follows for the password: a link was sent, or the next sign-in has to choose another one. */
export interface Disowned {
  readonly ended: EndedCounts
  readonly next: 'check_mail' | 'change_password'
}

/** By the link of a mail. Whoever has it reads the mail of the account, and nothing else is asked. */
export async function disownByLink(
  context: Context,
  ticket: string,
  facts: RequestFacts,
): Promise<Outcome<Disowned>> {
  const digests = context.secrets.digests(new Secret(ticket))
  const link = await context.store.readNotMeLink(digests, facts.nowMs)
  if (link === null) return refuseLink(context, null, facts)
  const { session, digest, sentTo } = link
  const restore = link.restores && sentTo !== link.account.email ? sentTo : null
  const account = restore === null ? link.account : { ...link.account, email: restore }
  const by = { actor: ANONYMOUS, via: 'mail', linkDigest: digest, restore } as const
  // An address that the account got since may be that of whoever took it over.
  const mails = sentTo === account.email ? 'send' : 'withhold'
  const disowned = await disown(context, { account, session, mails, ...by }, facts)
  return disowned.ok || disowned.code !== 'ticket_ended' ? disowned : refuseLink(context, account.id, facts)
}

/** From another session of one's own, with a proof of who it is that is recent. */
export async function disownOwnSession(
  context: Context,
  caller: Caller,
  session: SessionId,
  facts: RequestFacts,
): Promise<Outcome<Disowned>> {
  const found = await requireStrongest(context, caller, facts)
  if (!found.ok) return found
  const account = await context.store.readAccount(found.account)
  const by = { actor: toActor(caller), via: 'owner', linkDigest: null, restore: null, mails: 'send' } as const
  return disownOf(context, account, session, by, facts)
}

/** An administrator does it for somebody, and sees neither link nor password. */
export async function disownSessionOf(
  context: Context,
  caller: Caller,
  input: { readonly account: AccountId; readonly session: SessionId },
  facts: RequestFacts,
): Promise<Outcome<Disowned>> {
  const account = await context.store.readAccount(input.account)
  const allowed = await mayChange(context, caller, account, undefined, own.accountsWrite)
  if (!allowed.ok) return allowed
  const by = {
    actor: toActor(caller),
    via: 'administrator',
    linkDigest: null,
    restore: null,
    mails: 'send',
  } as const
  return disownOf(context, account, input.session, by, facts)
}

interface By {
  readonly actor: AuditActor
  readonly via: 'mail' | 'owner' | 'administrator'
  readonly linkDigest: string | null
  readonly restore: string | null
  /** Whether a link for another password may go to the address of the account. */
  readonly mails: 'send' | 'withhold'
}

async function disownOf(
  context: Context,
  account: Account | null,
  session: SessionId,
  by: By,
  facts: RequestFacts,
): Promise<Outcome<Disowned>> {
  const owner = await context.store.readOwner({ kind: 'session', id: session })
  // Someone else's session is answered like none at all (ASVS 8.2.2).
  if (account === null || owner?.owner !== account.id) return refuse('not_found')
  return disown(context, { account, session, ...by }, facts)
}

async function disown(
  context: Context,
  input: By & { readonly account: Account; readonly session: SessionId | null },
  facts: RequestFacts,
): Promise<Outcome<Disowned>> {
  const { account, session, actor, via, linkDigest, restore } = input
  // Without mail there would be no way back to the account.
  const password = context.policy.mail === 'off' ? 'require_change' : 'erase'
  const disowned = await context.store.disownSession({
    account: account.id,
    session,
    linkDigest,
    restore,
    password,
    unlearned: session === null ? null : await unlearned(context, account.id, session),
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'session.not_me',
      actor,
      target: { kind: 'account', id: account.id },
      details: {
        session: session ?? 'all',
        via,
        follows: password,
        ...(restore !== null && { address: 'restored' }),
      },
    }),
    mails: input.mails === 'send' ? makeReset(context, account, via, facts) : [],
  })
  if (disowned.kind !== 'disowned') {
    return disowned.kind === 'link_gone' ? refuse('ticket_ended', 'ended') : refuse('not_found')
  }
  await context.feed.catchUp()
  const next = password === 'erase' ? 'check_mail' : 'change_password'
  return { ok: true, ended: disowned.ended, next }
}

async function unlearned(context: Context, account: AccountId, id: SessionId) {
  const origin = await context.store.readOrigin(account, id)
  if (origin === null || origin.profile === null) return null
  const { createdAtMs: atMs, address, userAgent } = origin.session
  const profile = parseProfile(origin.profile)
  const place = context.places.find(address)
  const next = unlearn(profile, { atMs, address, place, userAgent, deviceId: origin.device })
  return { profile: JSON.stringify(next), signIns: profile.count }
}

/** The link that sets the next password. It lives as long as mail may take over night. */
function makeReset(
  context: Context,
  { id: accountId, email }: Account,
  via: By['via'],
  facts: RequestFacts,
): readonly QueuedMail[] {
  const ticket = makeSecret(context.random)
  const { nowMs } = facts
  const expiresAtMs = nowMs + RESET_AFTER_NOT_ME_SECONDS * 1000
  const content = { kind: 'reset_after_not_me', ticket, expiresAtMs } as const
  const digest = context.secrets.digest(ticket)
  const link = {
    digest,
    purpose: 'reset_password',
    accountId,
    email,
    createdAtMs: nowMs,
    expiresAtMs,
  } as const
  const asker = via === 'administrator' ? 'other' : 'owner'
  return makeLinkMail(context, content, { id: accountId, email }, asker, facts).map((mail) => ({
    ...mail,
    link,
  }))
}

async function refuseLink(context: Context, account: AccountId | null, facts: RequestFacts) {
  const draft = {
    type: 'session.not_me_refused',
    outcome: 'refused',
    actor: ANONYMOUS,
    target: account === null ? null : { kind: 'account', id: account },
    details: { reason: account === null ? 'unknown' : 'used' },
  } as const
  await context.store.appendAudit([makeAudit(context, facts, draft)])
  return refuse('ticket_ended', 'ended')
}
