/**
 * Inviting people, sending the link anew, taking it back. Whether an address has an account already is told to
 * whoever invites, since they may see accounts; the address is told nothing then.
 */
import { type InvitationId, permissions as own, type RoleId } from '@countersign/protocol'
import { normalizeEmail } from '../accounts/account.ts'
import { type Caller, may, toActor } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import { INVITATION_SECONDS, type Invitation } from '../invitations/invitation.ts'
import type { InvitationBounds } from '../invitations-port.ts'
import { makeAudit, makeId, makeSecret } from '../make.ts'
import { makeLinkMail } from '../make-mail.ts'
import { type Outcome, refuse, refuseField } from '../outcome.ts'
import { checkRolesToGive } from './principals.ts'
import { sessionOf } from './sessions.ts'

export interface InviteInput {
  readonly email: string
  readonly roles: readonly RoleId[]
  readonly lifetimeSeconds?: number | undefined
}

export async function invite(
  context: Context,
  caller: Caller,
  input: InviteInput,
  facts: RequestFacts,
): Promise<Outcome<{ invitation: Invitation }>> {
  const email = normalizeEmail(input.email)
  if (email === null) return refuseField('email', 'This is not an e-mail address.')
  const subject = { id: makeId(context, 'inv', facts.nowMs), email, roles: [...new Set(input.roles)].sort() }
  const made = await makeInvitation(context, caller, { ...input, ...subject }, facts)
  if (!made.ok) return made
  const { invitation, digest, mails } = made
  const audit = makeAudit(context, facts, toEvent('invitation.sent', caller, invitation))
  const created = await context.store.createInvitation({
    ...{ invitation, digest, mails, audit },
    bounds: boundsOf(context, facts),
  })
  if (created === 'exists') return refuse('conflict')
  if (created === 'too_many') return refuse('too_many_invitations')
  return created === 'created' ? { ok: true, invitation } : refuse(created)
}

/** The link before ends. Whoever sends it anew answers for it, and so must hold the right to give its roles. */
export async function resendInvitation(
  context: Context,
  caller: Caller,
  input: { readonly id: InvitationId; readonly lifetimeSeconds?: number | undefined },
  facts: RequestFacts,
): Promise<Outcome<{ invitation: Invitation }>> {
  if (!may(caller, own.accountsWrite)) return refuse('permission_denied')
  const found = await context.store.readInvitation(input.id)
  if (found === null) return refuse('not_found')
  const { lifetimeSeconds } = input
  const made = await makeInvitation(context, caller, { ...found, lifetimeSeconds }, facts)
  if (!made.ok) return made
  const { digest, mails } = made
  const invitation = { ...made.invitation, createdAtMs: found.createdAtMs }
  const audit = makeAudit(context, facts, toEvent('invitation.resent', caller, invitation))
  const renewed = await context.store.renewInvitation({
    ...{ invitation, digest, mails, audit },
    bounds: boundsOf(context, facts),
  })
  if (renewed === 'gone') return refuse('not_found')
  if (renewed === 'too_many') return refuse('too_many_invitations')
  return renewed === 'renewed' ? { ok: true, invitation } : refuse(renewed)
}

/** How many more the caller may send now. Somebody else may have sent one by the time they do. */
export async function invitationsLeft(
  context: Context,
  caller: Caller,
  facts: RequestFacts,
): Promise<number> {
  const { perSenderMax, allMax } = boundsOf(context, facts)
  const { ofSender, all } = await context.store.countInvitations(caller.principal.id, facts.nowMs)
  return Math.max(0, Math.min(perSenderMax - ofSender, allMax - all))
}

const boundsOf = ({ policy }: Context, { nowMs }: RequestFacts): InvitationBounds => ({
  nowMs,
  perSenderMax: policy.invitationsPerSenderMax,
  allMax: policy.invitationsMax,
})

/** Taking back gives nothing away: it needs no more than the right to write accounts. */
export async function revokeInvitation(
  context: Context,
  caller: Caller,
  id: InvitationId,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  if (!may(caller, own.accountsWrite)) return refuse('permission_denied')
  const target = { kind: 'invitation', id } as const
  const audit = makeAudit(context, facts, { type: 'invitation.revoked', actor: toActor(caller), target })
  const ended = await context.store.endInvitation({ id, audit })
  return ended === 'ended' ? { ok: true } : refuse('not_found')
}

interface Made {
  readonly invitation: Invitation
  readonly digest: string
  readonly mails: ReturnType<typeof makeLinkMail>
}

async function makeInvitation(
  context: Context,
  caller: Caller,
  subject: Pick<Invitation, 'id' | 'email' | 'roles'> & Pick<InviteInput, 'lifetimeSeconds'>,
  facts: RequestFacts,
): Promise<Outcome<Made>> {
  if (!may(caller, own.accountsWrite)) return refuse('permission_denied')
  if (context.policy.mail === 'off') return refuse('reset_closed')
  // Read before the rights are: what takes them away later has a higher position.
  const { position } = await context.store.readHead()
  const given = await checkRolesToGive(context, caller, subject.roles)
  if (!given.ok) return given
  const { id, email, roles, lifetimeSeconds = INVITATION_SECONDS } = subject
  const ticket = makeSecret(context.random)
  const expiresAtMs = facts.nowMs + lifetimeSeconds * 1000
  const content = { kind: 'invitation', ticket, expiresAtMs } as const
  const invitation: Invitation = {
    id,
    email,
    roles,
    invitedBy: caller.principal.id,
    madeIn: sessionOf(caller),
    // The credential may be older than the head that was read, and must not outlive what has ended it.
    issuedPosition: Math.min(position, caller.verdict.position),
    createdAtMs: facts.nowMs,
    expiresAtMs,
  }
  return {
    ok: true,
    invitation,
    digest: context.secrets.digest(ticket),
    mails: makeLinkMail(context, content, { id: null, email }, 'other', facts),
  }
}

const toEvent = (type: string, caller: Caller, { id, roles, expiresAtMs }: Invitation) => ({
  type,
  actor: toActor(caller),
  target: { kind: 'invitation', id },
  details: { roles: roles.join(' '), expires_at: expiresAtMs },
})
