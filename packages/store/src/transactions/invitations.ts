/**
 * Invitations, and the account that comes of one. Locks: `administrators`, the invitation, roles by id, whoever
 * invited, then the new address. While they are held nobody's roles change, and no role changes what it allows.
 */
import type { Invitation, InvitationBounds } from '@countersign/core'
import { isStoodFor } from '@countersign/core/records'
import { isAccountId, type Permission, type RoleId } from '@countersign/protocol'
import type { AnswerOf, InputOf } from '../port.ts'
import { countInvitations, toInvitation } from '../reads/invitations.ts'
import { readHeadAndIssuer } from '../reads/log.ts'
import { readPrincipal } from '../reads/principals.ts'
import { toRole } from '../rows.ts'
import { one, Rollback, run, type Script } from '../script.ts'
import { lockAccount, selectAccountByEmail } from '../statements/accounts.ts'
import * as sql from '../statements/invitations.ts'
import { lockRole } from '../statements/roles.ts'
import { lockServiceAccount } from '../statements/service-accounts.ts'
import { deleteSignUpsOfEmail } from '../statements/sign-ups.ts'
import { insertAccount } from '../steps/accounts.ts'
import { writeAudit } from '../steps/audit.ts'
import { writeMails } from '../steps/mails.ts'
import { giveRoles, holdAdministrators, readRoles } from '../steps/roles.ts'

export function* createInvitation(input: InputOf<'createInvitation'>): Script<AnswerOf<'createInvitation'>> {
  const { invitation: made, digest } = input
  if (!(yield* hasRoom(made, input.bounds))) return 'too_many'
  if ((yield* one(selectAccountByEmail, made.email)) !== null) return 'address_taken'
  yield* run(sql.deleteLateInvitation, made.email, made.createdAtMs)
  const inserted = yield* one(
    sql.insertInvitation,
    made.id,
    made.email,
    JSON.stringify(made.roles),
    made.invitedBy,
    made.madeIn,
    made.issuedPosition,
    made.createdAtMs,
    made.expiresAtMs,
    digest,
  )
  if (inserted === null) return 'exists'
  yield* writeMails(input.mails)
  yield* writeAudit(input.audit)
  return 'created'
}

export function* renewInvitation(input: InputOf<'renewInvitation'>): Script<AnswerOf<'renewInvitation'>> {
  const { invitation: made, digest } = input
  if (!(yield* hasRoom(made, input.bounds))) return 'too_many'
  if ((yield* one(selectAccountByEmail, made.email)) !== null) return 'address_taken'
  const renewed = yield* run(
    sql.renewInvitation,
    made.id,
    digest,
    made.invitedBy,
    made.madeIn,
    made.issuedPosition,
    made.expiresAtMs,
    made.email,
    JSON.stringify(made.roles),
  )
  if (renewed === 0) return 'gone'
  yield* writeMails(input.mails)
  yield* writeAudit(input.audit)
  return 'renewed'
}

/**
 * Whoever sends one waits for whoever sends another, or two at once would both find room for the last. One that is
 * sent again may have been late, or somebody else's: it is counted anew, for whoever sends it now.
 */
function* hasRoom(made: Invitation, bounds: InvitationBounds): Script<boolean> {
  yield* holdAdministrators()
  const { ofSender, all } = yield* countInvitations(made.invitedBy, bounds.nowMs, made.id)
  return ofSender < bounds.perSenderMax && all < bounds.allMax
}

export function* endInvitation(input: InputOf<'endInvitation'>): Script<AnswerOf<'endInvitation'>> {
  if ((yield* run(sql.deleteInvitation, input.id)) === 0) return 'gone'
  yield* writeAudit(input.audit)
  return 'ended'
}

export function* acceptInvitation(input: InputOf<'acceptInvitation'>): Script<AnswerOf<'acceptInvitation'>> {
  const { account, digest } = input
  yield* holdAdministrators()
  const row = yield* one(sql.useInvitation, digest, input.nowMs)
  if (row === null) return 'gone'
  const invitation = toInvitation(row)
  if (!(yield* holdsRight(invitation))) throw new Rollback('not_stood_for')
  // None can have ended since: they are locked.
  if (!(yield* giveRoles(account.id, invitation.roles))) throw new Rollback('not_stood_for')
  if (!(yield* insertAccount(account, input.passwordHash))) throw new Rollback('address_taken')
  yield* run(deleteSignUpsOfEmail, account.email)
  yield* writeAudit(input.audit)
  return 'created'
}

function* holdsRight(invitation: Invitation): Script<boolean> {
  const { invitedBy } = invitation
  const given = yield* lockRoles(invitation.roles, yield* readRoles(invitedBy))
  if (given === null) return false
  yield* run(isAccountId(invitedBy) ? lockAccount : lockServiceAccount, invitedBy)
  const { issuerRevokedBefore } = yield* readHeadAndIssuer()
  const inviter = yield* readPrincipal(invitedBy, issuerRevokedBefore)
  return isStoodFor(invitation, inviter?.rights ?? null, given)
}

/** What the roles allow that are to be given; null where one of them is no more. */
function* lockRoles(given: readonly RoleId[], held: readonly RoleId[]): Script<readonly Permission[] | null> {
  const permissions: Permission[] = []
  for (const role of [...new Set([...given, ...held])].sort()) {
    const row = yield* one(lockRole, role)
    if (row === null && given.includes(role)) return null
    if (row !== null && given.includes(role)) permissions.push(...toRole(row).permissions)
  }
  return permissions
}
