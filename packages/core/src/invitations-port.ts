/**
 * The part of the store's port that keeps invitations. The rules of `store-port.ts` hold here as well. What is kept
 * is what may still be accepted: accepting and revoking delete it, and the audit log remembers.
 */
import type { InvitationId } from '@countersign/protocol'
import type { Account } from './accounts/account.ts'
import type { AuditEvent } from './audit/event.ts'
import type { Invitation } from './invitations/invitation.ts'
import type { QueuedMail } from './mail-port.ts'
import type { PageRequest } from './store-port.ts'

export interface InvitationStore {
  /** Keeps it with its message, unless the address is somebody's or is invited already. */
  createInvitation(input: {
    invitation: Invitation
    digest: string
    mails: readonly QueuedMail[]
    audit: AuditEvent
  }): Promise<'created' | 'address_taken' | 'exists'>
  /** Another link in place of the one before, for which somebody else may answer from now on. */
  renewInvitation(input: {
    invitation: Invitation
    digest: string
    mails: readonly QueuedMail[]
    audit: AuditEvent
  }): Promise<'renewed' | 'gone' | 'address_taken'>
  endInvitation(input: { id: InvitationId; audit: AuditEvent }): Promise<'ended' | 'gone'>
  readInvitation(id: InvitationId): Promise<Invitation | null>
  /** Uses nothing up. */
  findInvitation(
    digests: readonly string[],
    nowMs: number,
  ): Promise<{ readonly digest: string; readonly invitation: Invitation } | null>
  listInvitations(page: PageRequest): Promise<readonly Invitation[]>
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
