/** Passkeys and challenges that tests of the store begin with. */
import type {
  Account,
  ChallengePurpose,
  NewPasskey,
  PasskeyChallenge,
  PasskeyUse,
  SealedChallenge,
  SessionDraft,
  SpentChallenge,
  Store,
} from '@countersign/core'
import type { Bench } from './bench.ts'
import { MINUTE, makeEvent, makeId, makeSession, makeText, NOW } from './given.ts'
import { HASHES, makeDraft, makeFactor } from './given-factors.ts'

export const makePasskey = (account: Account, over: Partial<NewPasskey> = {}): NewPasskey => ({
  id: makeId('fac'),
  accountId: account.id,
  credentialId: makeText('credential'),
  publicKey: 'a key',
  signCount: 1,
  transports: ['internal'],
  aaguid: '00000000-0000-0000-0000-000000000000',
  isBackupEligible: false,
  isBackedUp: false,
  isUserVerified: true,
  ...over,
})

/** A challenge that can be answered; answers what it is spent with. */
export async function givenChallenge(
  { store }: Bench,
  purpose: ChallengePurpose,
  over: Partial<PasskeyChallenge> = {},
): Promise<SpentChallenge> {
  const digest = makeText('challenge')
  const challenge: PasskeyChallenge = {
    purpose,
    accountId: null,
    boundTo: '',
    userHandle: null,
    expiresAtMs: NOW + 5 * MINUTE,
    ...over,
  }
  await store.openChallenge({ digest, challenge })
  return { digests: ['another pepper', digest], purpose, boundTo: challenge.boundTo }
}

/** A challenge of which nothing is kept until it is answered. */
export const makeSealed = (): SealedChallenge => ({ key: makeText('sealed'), expiresAtMs: NOW + 5 * MINUTE })

/** The challenge of a new passkey, for the session `a session`. */
export const givenRegistration = (
  bench: Bench,
  account: Account,
  userHandle = 'a handle',
): Promise<SpentChallenge> =>
  givenChallenge(bench, 'register', { accountId: account.id, boundTo: 'a session', userHandle })

export function add(
  { store }: Bench,
  account: Account,
  challenge: SpentChallenge,
  passkey: NewPasskey,
  over: Partial<Parameters<Store['addPasskey']>[0]> = {},
): ReturnType<Store['addPasskey']> {
  return store.addPasskey({
    factor: makeFactor(account, { id: passkey.id, kind: 'passkey', name: 'A key' }),
    passkey,
    challenge,
    factorsMax: 10,
    recoveryHashes: HASHES,
    nowMs: NOW,
    audit: makeEvent(),
    ...over,
  })
}

export async function givenPasskey(
  bench: Bench,
  account: Account,
  over: Partial<NewPasskey> = {},
): Promise<NewPasskey> {
  const passkey = makePasskey(account, over)
  const added = await add(bench, account, await givenRegistration(bench, account), passkey)
  if (added.kind !== 'added') throw new Error(added.kind)
  return passkey
}

export const makeUse = (
  passkey: NewPasskey,
  challenge: PasskeyUse['challenge'],
  signCount: number,
): PasskeyUse => ({
  id: passkey.id,
  signCount,
  isBackedUp: false,
  isUserVerified: true,
  challenge,
})

/** Signs in at the log's head. */
export async function enter(
  { store }: Bench,
  account: Account,
  use: PasskeyUse,
  over: Partial<SessionDraft> = {},
): ReturnType<Store['signInWithPasskey']> {
  const { position } = await store.readHead()
  const session = makeSession(account, { issuedPosition: position, amr: ['hwk', 'user', 'mfa'] })
  return store.signInWithPasskey({ ...makeDraft(session), use, ...over })
}
