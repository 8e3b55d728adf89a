/**
 * An invitation: an account that somebody may have by the link in a mail, with roles that whoever invites gives away.
 * It is worth no more than what they may do at the moment when it is accepted.
 */
import {
  allows,
  allowsAll,
  type InvitationId,
  permissions as own,
  type Permission,
  type PrincipalId,
  type RoleId,
  type SessionId,
} from '@countersign/protocol'

export interface Invitation {
  readonly id: InvitationId
  readonly email: string
  readonly roles: readonly RoleId[]
  readonly invitedBy: PrincipalId
  /** The session that it was sent from: taken back as not its owner's, it takes the invitation along. */
  readonly madeIn: SessionId | null
  /** Read before the rights were: what ends the inviter's credentials of that time ends it, too. */
  readonly issuedPosition: number
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

/** People are on holiday, and mail lies; an account of a stranger's choice is all that is lost with it. */
export const INVITATION_SECONDS: number = 7 * 86_400
export const INVITATION_SECONDS_MIN = 300
export const INVITATION_SECONDS_MAX: number = 30 * 86_400

/** What is known about whoever invited, as it is now. */
interface Standing {
  readonly permissions: readonly Permission[]
  readonly floor: number
  readonly disabledAtMs: number | null
}

/**
 * Whoever invited may do so still, and holds what the roles hold by now: otherwise somebody could keep rights for
 * the time after they have lost them, by inviting themselves (ASVS 8.2.1).
 */
export function isStoodFor(
  { issuedPosition }: Pick<Invitation, 'issuedPosition'>,
  inviter: Standing | null,
  given: readonly Permission[],
): boolean {
  if (inviter === null || inviter.disabledAtMs !== null || issuedPosition < inviter.floor) return false
  return allows(inviter.permissions, own.accountsWrite) && allowsAll(inviter.permissions, given)
}
