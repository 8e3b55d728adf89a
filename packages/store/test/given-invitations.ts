/** Invitations that wait, with defaults that succeed: whoever invites is an administrator of their own. */
import type { Account, Invitation, InvitationBounds, Store } from '@countersign/core'
import type { PrincipalId } from '@countersign/protocol'
import type { Bench } from './bench.ts'
import { givenAccount, HOUR, makeAccount, makeEvent, makeId, makeText, NOW } from './given.ts'
import { makeMail } from './given-mails.ts'

export interface Waiting {
  readonly digest: string
  readonly invitation: Invitation
}

export async function makeInvitation(
  bench: Bench,
  over: Partial<Invitation> & { readonly invitedBy?: PrincipalId } = {},
): Promise<Waiting> {
  const { position } = await bench.store.readHead()
  const invitation: Invitation = {
    id: makeId('inv'),
    email: `${makeText('invited')}@example.com`,
    roles: ['member'],
    invitedBy: over.invitedBy ?? (await givenAccount(bench, ['administrator'])).id,
    madeIn: null,
    issuedPosition: position,
    createdAtMs: NOW,
    expiresAtMs: NOW + HOUR,
    ...over,
  }
  return { digest: makeText('invitation'), invitation }
}

/** Room for all that tests leave behind. */
const BOUNDS: InvitationBounds = { nowMs: NOW, perSenderMax: 10_000, allMax: 10_000 }

export const createInvitation = (
  { store }: Bench,
  waiting: Waiting,
  bounds: Partial<InvitationBounds> = {},
): ReturnType<Store['createInvitation']> =>
  store.createInvitation({ ...waiting, bounds: { ...BOUNDS, ...bounds }, ...letter() })

export const renewInvitation = (
  { store }: Bench,
  waiting: Waiting,
  bounds: Partial<InvitationBounds> = {},
): ReturnType<Store['renewInvitation']> =>
  store.renewInvitation({ ...waiting, bounds: { ...BOUNDS, ...bounds }, ...letter() })

const letter = () => ({
  mails: [makeMail(makeAccount(), { kind: 'invitation', accountId: null })],
  audit: makeEvent(),
})

export async function givenInvitation(bench: Bench, over: Partial<Invitation> = {}): Promise<Waiting> {
  const waiting = await makeInvitation(bench, over)
  const created = await createInvitation(bench, waiting)
  if (created !== 'created') throw new Error(created)
  return waiting
}

export function acceptInvitation(
  { store }: Bench,
  { digest, invitation }: Waiting,
  over: Partial<Account> = {},
): ReturnType<Store['acceptInvitation']> {
  return store.acceptInvitation({
    digest,
    account: makeAccount({ email: invitation.email, emailVerifiedAtMs: NOW, ...over }),
    passwordHash: 'hash',
    nowMs: NOW,
    audit: makeEvent(),
  })
}
