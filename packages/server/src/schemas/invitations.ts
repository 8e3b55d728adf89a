/** Invitations on the wire. */
import { INVITATION_SECONDS_MAX, INVITATION_SECONDS_MIN } from '@countersign/core'
import type {
  AcceptInvitationRequest,
  InvitationPage,
  InvitationResponse,
  InvitationShape,
  InviteRequest,
} from '@countersign/protocol'
import { z } from 'zod'
import { emailSchema, nameSchema, passwordSchema, rolesSchema, timeSchema } from './common.ts'
import { linkTicketSchema } from './links.ts'

export const invitationSchema: z.ZodType<InvitationShape> = z.object({
  id: z.string(),
  email: z.string(),
  roles: z.array(z.string()),
  invited_by: z.string(),
  created_at: timeSchema,
  expires_at: timeSchema,
})
export const invitationPageSchema: z.ZodType<InvitationPage> = z.object({
  items: z.array(invitationSchema),
  next_cursor: z.string().nullable(),
  left: z.number().int(),
})
export const invitationResponseSchema: z.ZodType<InvitationResponse> = z.object({
  invitation: invitationSchema,
})

const expiresInSchema = z.number().int().min(INVITATION_SECONDS_MIN).max(INVITATION_SECONDS_MAX).optional()

export const inviteSchema: z.ZodType<InviteRequest> = z.strictObject({
  email: emailSchema,
  roles: rolesSchema.optional(),
  expires_in: expiresInSchema,
})
export const resendInvitationSchema: z.ZodType<Pick<InviteRequest, 'expires_in'>> = z.strictObject({
  expires_in: expiresInSchema,
})

/** A form sends an empty name where none was typed. */
export const acceptInvitationSchema: z.ZodType<AcceptInvitationRequest> = z.strictObject({
  ticket: linkTicketSchema,
  password: passwordSchema,
  name: z.union([nameSchema, z.literal('')]).optional(),
})
