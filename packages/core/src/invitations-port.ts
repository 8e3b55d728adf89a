/**
 * The part of the store's port that keeps invitations. The rules of `store-port.ts` hold here as well. What is kept
 * is what may still be accepted: accepting and revoking delete it, and the audit log remembers.
 */
import type { InvitationId, PrincipalId } from '@countersign/protocol'
import type { Account } from './accounts/account.ts'
import type { AuditEvent } from './audit/event.ts'
import type { Invitation } from './invitations/invitation.ts'
import type { QueuedMail } from './mail-port.ts'
import type { PageRequest } from './store-port.ts'

/** How many may wait at once, neither accepted nor late at `nowMs`; the one that is written counts. */
export interface InvitationBounds {
  readonly nowMs: number
  readonly perSenderMax: number
  readonly allMax: number
}

export interface InvitationCounts {
  readonly ofSender: number
  readonly all: number
}

export interface InvitationStore {
  /** Keeps it with its message, unless the address is somebody's or is invited already, or too many wait. */
  createInvitation(input: {
    invitation: Invitation
    digest: string
    bounds: InvitationBounds
    mails: readonly QueuedMail[]
    audit: AuditEvent
  }): Promise<'created' | 'address_taken' | 'exists' | 'too_many'>
  /** Another link in place of the one before, for which somebody else may answer from now on. */
  renewInvitation(input: {
    invitation: Invitation
    digest: string
    bounds: InvitationBounds
    mails: readonly QueuedMail[]
    audit: AuditEvent
  }): Promise<'renewed' | 'gone' | 'address_taken' | 'too_many'>
  endInvitation(input: { id: InvitationId; audit: AuditEvent }): Promise<'ended' | 'gone'>
  readInvitation(id: InvitationId): Promise<Invitation | null>
  /** Uses nothing up. */
  findInvitation(
    digests: readonly string[],
    nowMs: number,
  ): Promise<{ readonly digest: string; readonly invitation: Invitation } | null>
  listInvitations(page: PageRequest): Promise<readonly Invitation[]>
  countInvitations(sender: PrincipalId, nowMs: number): Promise<InvitationCounts>
  /**
   * Uses the invitation, and creates the account with its roles: both or neither. `not_stood_for`: whoever invited
   * may not give these roles any more, as they and the roles are in this transaction.
   */
  acceptInvitation(input: {
    digest: string
    account: Account
    passwordHash: string
    nowMs: number
    audit: AuditEvent
  }): Promise<'created' | 'gone' | 'address_taken' | 'not_stood_for'>
}
