/** The accounts elsewhere that somebody signs in with here: their own list, connecting and disconnecting, and others'. */
import { type AccountId, type IdentityId, permissions as own, type SessionId } from '@countersign/protocol'
import { type Caller, may, toActor } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import {
  IDENTITIES_PER_ACCOUNT_MAX,
  type Identity,
  isKeepable,
  newIdentity,
  type ProvedIdentity,
} from '../identities/identity.ts'
import { makeAudit, makeId } from '../make.ts'
import { makeNotice, type Recipient } from '../make-mail.ts'
import { type Outcome, refuse } from '../outcome.ts'
import { mayChangeFactors } from './account-factors.ts'
import { readOwnAccount } from './own-data.ts'
import { readOwnFactors, requireStrongest } from './step-up.ts'

export async function listOwnIdentities(
  context: Context,
  caller: Caller,
): Promise<Outcome<{ identities: readonly Identity[] }>> {
  const read = await readOwnAccount(context, caller)
  if (!read.ok) return read
  return { ok: true, identities: await context.store.readIdentities(read.account.id) }
}

/** Who may begin to connect one, and in which session it has to be finished. */
export async function beginConnecting(
  context: Context,
  caller: Caller,
  facts: RequestFacts,
): Promise<Outcome<{ account: AccountId; session: SessionId }>> {
  const owner = await requireStrongest(context, caller, facts)
  if (!owner.ok) return owner
  const { account, session } = owner
  const known = await context.store.readIdentities(account)
  return known.length < IDENTITIES_PER_ACCOUNT_MAX ? { ok: true, account, session } : refuse('limit_reached')
}

/**
 * The provider has told who it is. Refuses with `conflict` where that identity is somebody's, also one's own. The
 * step-up stood before the beginning, which this session has to finish.
 */
export async function connectIdentity(
  context: Context,
  caller: Caller,
  input: {
    readonly proved: ProvedIdentity
    readonly begun: { readonly account: AccountId; readonly session: SessionId }
  },
  facts: RequestFacts,
): Promise<Outcome<{ identity: Identity }>> {
  const { proved, begun } = input
  const owner = await readOwnFactors(context, caller)
  if (!owner.ok) return owner
  if (owner.account !== begun.account || owner.session !== begun.session) return refuse('permission_denied')
  if (!isKeepable(proved)) return refuse('conflict')
  const identity = newIdentity(proved, {
    id: makeId(context, 'idn', facts.nowMs),
    accountId: owner.account,
    createdAtMs: facts.nowMs,
    madeIn: owner.session,
  })
  const recipient = { id: owner.account, email: owner.view.email }
  const cause = { session: owner.session }
  const added = await context.store.addIdentity({
    identity,
    identitiesMax: IDENTITIES_PER_ACCOUNT_MAX,
    audit: makeAudit(context, facts, {
      type: 'identity.added',
      actor: toActor(caller),
      target: { kind: 'account', id: owner.account },
      details: { identity: identity.id, provider: identity.provider },
    }),
    mails: makeNotice(context, 'identity_added', recipient, 'owner', facts, cause),
  })
  if (added === 'known') return refuse('conflict')
  if (added === 'account_gone') return refuse('permission_denied')
  return added === 'added' ? { ok: true, identity } : refuse(added)
}

export async function removeOwnIdentity(
  context: Context,
  caller: Caller,
  id: IdentityId,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const owner = await requireStrongest(context, caller, facts)
  if (!owner.ok) return owner
  const recipient = { id: owner.account, email: owner.view.email }
  const by = { caller, asker: 'owner', session: owner.session } as const
  return remove(context, { id, recipient, account: owner.account, mustKeepWayIn: true }, by, facts)
}

export async function listAccountIdentities(
  context: Context,
  caller: Caller,
  account: AccountId,
): Promise<Outcome<{ identities: readonly Identity[] }>> {
  if (!may(caller, own.accountsRead)) return refuse('permission_denied')
  if ((await context.store.readAccount(account)) === null) return refuse('not_found')
  return { ok: true, identities: await context.store.readIdentities(account) }
}

/** The last one, too: whoever lost the account elsewhere comes back by a link to their mail. */
export async function removeAccountIdentity(
  context: Context,
  caller: Caller,
  account: AccountId,
  id: IdentityId,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const allowed = await mayChangeFactors(context, caller, account, facts)
  if (!allowed.ok) return allowed
  const by = { caller, asker: 'other', session: null } as const
  return remove(context, { id, recipient: allowed.owner, account, mustKeepWayIn: false }, by, facts)
}

interface Removing {
  readonly id: IdentityId
  readonly account: AccountId
  readonly recipient: Recipient
  readonly mustKeepWayIn: boolean
}

interface By {
  readonly caller: Caller
  readonly asker: 'owner' | 'other'
  readonly session: SessionId | null
}

async function remove(
  context: Context,
  { id, account, recipient, mustKeepWayIn }: Removing,
  { caller, asker, session }: By,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const found = (await context.store.readIdentities(account)).find((identity) => identity.id === id)
  if (found === undefined) return refuse('not_found')
  const cause = session === null ? null : { session }
  const removed = await context.store.removeIdentity({
    account,
    id,
    mustKeepWayIn,
    audit: makeAudit(context, facts, {
      type: 'identity.removed',
      actor: toActor(caller),
      target: { kind: 'account', id: account },
      details: { identity: id, provider: found.provider },
    }),
    mails: makeNotice(context, 'identity_removed', recipient, asker, facts, cause),
  })
  return removed === 'removed' ? { ok: true } : refuse(removed)
}
