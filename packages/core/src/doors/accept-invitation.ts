/**
 * Accepting an invitation: whoever has the link chooses name and password, and the account has the address that the
 * link was sent to, which is verified by that. It works where signing up is closed: somebody was asked in.
 */
import { Secret } from '@countersign/protocol'
import type { Account } from '../accounts/account.ts'
import { ANONYMOUS } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import type { Invitation } from '../invitations/invitation.ts'
import { makeAudit } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'
import { breachDetails } from './new-password.ts'
import { prepareAccount } from './sign-up.ts'

export interface AcceptInput {
  readonly ticket: string
  readonly password: Secret
  readonly name: string | null
}

/** A password that is refused leaves the link as it is. */
export async function acceptInvitation(
  context: Context,
  input: AcceptInput,
  facts: RequestFacts,
): Promise<Outcome<{ account: Account }>> {
  const digests = context.secrets.digests(new Secret(input.ticket))
  const found = await context.store.findInvitation(digests, facts.nowMs)
  if (found === null) return refuse('ticket_ended', 'unknown')
  const { digest, invitation } = found
  const prepared = await prepareAccount(context, { ...input, email: invitation.email }, facts)
  if (!prepared.ok) return prepared
  const { passwordHash, accepted } = prepared
  const account: Account = { ...prepared.account, emailVerifiedAtMs: facts.nowMs }
  const audit = makeAudit(context, facts, {
    type: 'account.created',
    actor: { kind: 'account', id: account.id, credential: null },
    target: { kind: 'account', id: account.id },
    details: {
      ...breachDetails(accepted),
      verified: true,
      invitation: invitation.id,
      invited_by: invitation.invitedBy,
      roles: invitation.roles.join(' '),
    },
  })
  const created = await context.store.acceptInvitation({
    digest,
    account,
    passwordHash,
    nowMs: facts.nowMs,
    audit,
  })
  switch (created) {
    case 'created':
      return { ok: true, account }
    case 'gone':
      return refuse('ticket_ended', 'ended')
    case 'not_stood_for':
      return refuseUnsupported(context, invitation, facts)
    // They read the mail of the address, so they may know that it has an account by now.
    case 'address_taken':
      return refuse('address_taken')
  }
}

/** Told like any link that has ended: what has become of whoever invited is nothing for the invited. */
async function refuseUnsupported(context: Context, { id, invitedBy }: Invitation, facts: RequestFacts) {
  const target = { kind: 'invitation', id } as const
  const draft = { type: 'invitation.refused', outcome: 'refused', actor: ANONYMOUS, target } as const
  const details = { reason: 'inviter_lost_right', invited_by: invitedBy }
  await context.store.appendAudit([makeAudit(context, facts, { ...draft, details })])
  return refuse('ticket_ended', 'ended')
}
