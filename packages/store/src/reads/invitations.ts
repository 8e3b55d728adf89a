/** Reading invitations that wait. */
import type { Invitation, InvitationCounts, PageRequest } from '@countersign/core'
import {
  type InvitationId,
  isInvitationId,
  isPrincipalId,
  isRoleId,
  isSessionId,
  type PrincipalId,
} from '@countersign/protocol'
import { integer, listed, narrowed, narrowedOrNull, text } from '../columns.ts'
import type { AnswerOf } from '../port.ts'
import { all, one, type Row, type Script } from '../script.ts'
import * as sql from '../statements/invitations.ts'
import { pageStart } from './page.ts'

export function* readInvitation(id: InvitationId): Script<Invitation | null> {
  const row = yield* one(sql.selectInvitation, id)
  return row === null ? null : toInvitation(row)
}

/** One secret has one digest under each pepper that is still known. */
export function* findInvitation(
  digests: readonly string[],
  nowMs: number,
): Script<AnswerOf<'findInvitation'>> {
  for (const digest of digests) {
    const row = yield* one(sql.findInvitation, digest, nowMs)
    if (row !== null) return { digest: text(row, 'digest'), invitation: toInvitation(row) }
  }
  return null
}

export function* listInvitations(page: PageRequest): Script<readonly Invitation[]> {
  return (yield* all(sql.listInvitations, pageStart(page), page.limit)).map(toInvitation)
}

/** How many wait, but for one of them. */
export function* countInvitations(
  sender: PrincipalId,
  nowMs: number,
  except: InvitationId | null = null,
): Script<InvitationCounts> {
  const row = yield* one(sql.countInvitations, sender, nowMs, except ?? '')
  if (row === null) throw new Error('A count has no row.')
  return { ofSender: integer(row, 'of_sender'), all: integer(row, 'together') }
}

export function toInvitation(row: Row): Invitation {
  return {
    id: narrowed(row, 'id', isInvitationId),
    email: text(row, 'email'),
    roles: listed(row, 'roles', isRoleId),
    invitedBy: narrowed(row, 'invited_by', isPrincipalId),
    madeIn: narrowedOrNull(row, 'made_in', isSessionId),
    issuedPosition: integer(row, 'issued_position'),
    createdAtMs: integer(row, 'created_at'),
    expiresAtMs: integer(row, 'expires_at'),
  }
}
