/** Asking people in: an address gets a link, by which its reader makes an account that has these roles. */
import type { InvitationPage, InvitationResponse, InvitationShape } from '@countersign/protocol'
import { parseAnswer } from './answers.ts'
import type { PageQuery } from './api-keys.ts'
import type { Call } from './caller.ts'

export interface InviteInput {
  readonly email: string
  /** Only what one may give: what they allow is compared once more when the invitation is accepted. */
  readonly roles?: readonly string[] | undefined
  /** A week by default. */
  readonly expiresInSeconds?: number | undefined
}

export interface Invitations {
  /** Those that wait, or ended by time a moment ago, the newest first. */
  list(query?: PageQuery): Promise<InvitationPage>
  send(input: InviteInput): Promise<InvitationShape>
  /** Sends another link, in place of the one before. */
  resend(id: string, expiresInSeconds?: number): Promise<InvitationShape>
  revoke(id: string): Promise<void>
}

export function createInvitations(call: Call): Invitations {
  const path = '/v1/invitations'
  const pathOf = (id: string): string => `${path}/${encodeURIComponent(id)}`
  return {
    list: async (query = {}) =>
      parseAnswer(await call({ method: 'GET', path, query: { ...query } }), 'items'),
    send: async ({ email, roles, expiresInSeconds }) =>
      toOne(await call({ method: 'POST', path, json: { email, roles, expires_in: expiresInSeconds } })),
    resend: async (id, expiresInSeconds) => {
      const json = { expires_in: expiresInSeconds }
      return toOne(await call({ method: 'POST', path: `${pathOf(id)}/resend`, json }))
    },
    revoke: async (id) => {
      await call({ method: 'DELETE', path: pathOf(id) })
    },
  }
}

const toOne = (body: unknown): InvitationShape =>
  parseAnswer<InvitationResponse>(body, 'invitation').invitation
