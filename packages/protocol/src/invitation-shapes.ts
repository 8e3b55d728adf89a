/** Invitations on the wire: who may have an account at an address, and with which roles. */
import type { Page } from './shapes.ts'

export interface InvitationShape {
  id: string
  email: string
  /** What whoever accepts it is given, as far as whoever invites still may give it. */
  roles: string[]
  /** The account or service account that answers for it. */
  invited_by: string
  created_at: string
  expires_at: string
}
export interface InvitationPage extends Page<InvitationShape> {
  /** How many more the caller may send now, by the bounds for one sender and for all. */
  left: number
}
export interface InvitationResponse {
  invitation: InvitationShape
}
export interface InviteRequest {
  email: string
  roles?: string[] | undefined
  /** Seconds. */
  expires_in?: number | undefined
}
export interface AcceptInvitationRequest {
  /** What the link ends with. */
  ticket: string
  password: string
  name?: string | undefined
}
