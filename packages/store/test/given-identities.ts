/** Accounts elsewhere that tests of the store begin with, and every write of them. */
import type { Account, Identity, SessionDraft, Store } from '@countersign/core'
import type { Bench } from './bench.ts'
import { givenAccount, makeAccount, makeEvent, makeId, makeSession, makeText, NOW } from './given.ts'
import { makeDraft } from './given-factors.ts'

export const ISSUER = 'https://id.example'

export const makeIdentity = (account: Account, over: Partial<Identity> = {}): Identity => ({
  id: makeId('idn'),
  accountId: account.id,
  provider: 'example',
  issuer: ISSUER,
  subject: makeText('subject'),
  label: 'anna@id.example',
  createdAtMs: NOW,
  lastUsedAtMs: null,
  madeIn: null,
  ...over,
})

export const addIdentity = (
  { store }: Bench,
  identity: Identity,
  over: Partial<Parameters<Store['addIdentity']>[0]> = {},
): ReturnType<Store['addIdentity']> =>
  store.addIdentity({ identity, identitiesMax: 10, audit: makeEvent(), mails: [], ...over })

export async function givenIdentity(
  bench: Bench,
  account: Account,
  over: Partial<Identity> = {},
): Promise<Identity> {
  const identity = makeIdentity(account, over)
  const added = await addIdentity(bench, identity)
  if (added !== 'added') throw new Error(added)
  return identity
}

export const removeIdentity = (
  { store }: Bench,
  { accountId, id }: Identity,
  over: Partial<Parameters<Store['removeIdentity']>[0]> = {},
): ReturnType<Store['removeIdentity']> =>
  store.removeIdentity({
    account: accountId,
    id,
    mustKeepWayIn: true,
    audit: makeEvent(),
    mails: [],
    ...over,
  })

/** An account that begins with an identity, and has no password. */
export function beginWith(
  { store }: Bench,
  over: { readonly account?: Account; readonly identity?: Partial<Identity> } = {},
): { readonly identity: Identity; readonly created: ReturnType<Store['createAccountByIdentity']> } {
  const account = over.account ?? makeAccount()
  const identity = makeIdentity(account, over.identity)
  const audit = makeEvent()
  return { identity, created: store.createAccountByIdentity({ account, identity, roles: ['member'], audit }) }
}

/** Signs in at the log's head. */
export async function enterWith(
  { store }: Bench,
  account: Account,
  identity: Identity,
  over: Partial<SessionDraft> = {},
): ReturnType<Store['signInWithIdentity']> {
  const { position } = await store.readHead()
  const session = makeSession(account, { issuedPosition: position, amr: ['fed'] })
  return store.signInWithIdentity({ ...makeDraft(session), identity: identity.id, ...over })
}

/** The part of `writes.ts` that is about them; `crowded` has sessions over a cap of one. */
export async function identityWritesOf(
  bench: Bench,
  { crowded }: { readonly crowded: Account },
): Promise<Record<string, readonly (() => Promise<unknown>)[]>> {
  const account = await givenAccount(bench)
  const known = await givenIdentity(bench, crowded)
  const removed = await givenIdentity(bench, account)
  return {
    createAccountByIdentity: [() => beginWith(bench).created],
    signInWithIdentity: [() => enterWith(bench, crowded, known, { sessionsMax: 1 })],
    addIdentity: [() => addIdentity(bench, makeIdentity(account))],
    removeIdentity: [() => removeIdentity(bench, removed)],
  }
}
