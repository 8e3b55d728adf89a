/** Clients that register themselves, and the tokens that let them, for tests, and every write of theirs. */
import type { Client, InitialAccessToken, Store } from '@countersign/core'
import type { Bench } from './bench.ts'
import { DAY, ENTRY_EXPIRES, givenAccount, HOUR, makeEvent, makeId, makeText, NOW } from './given.ts'
import { makeClient } from './given-clients.ts'

export async function givenInitialAccessToken(
  bench: Bench,
  over: Partial<InitialAccessToken> = {},
): Promise<{ readonly token: InitialAccessToken; readonly digest: string }> {
  const token: InitialAccessToken = {
    id: makeId('irt'),
    name: 'for a test',
    uses: 0,
    usesMax: 1,
    createdBy: (await givenAccount(bench)).id,
    createdAtMs: NOW,
    expiresAtMs: NOW + HOUR,
    lastUsedAtMs: null,
    ...over,
  }
  const digest = makeText('initial-access-token')
  await bench.store.createInitialAccessToken({ token, digest, audit: makeEvent() })
  return { token, digest }
}

export function register(
  { store }: Bench,
  client: Client = makeClient({ registration: 'self' }),
  over: { readonly tokenDigest?: string; readonly unusedMax?: number; readonly nowMs?: number } = {},
): ReturnType<Store['registerClient']> {
  return store.registerClient({
    client,
    secretDigest: `digest of ${client.id}`,
    sealedSecret: null,
    tokenDigest: null,
    unusedMax: 10_000,
    nowMs: NOW,
    audit: makeEvent(),
    ...over,
  })
}

const times = { nowMs: NOW, entryExpiresAtMs: ENTRY_EXPIRES }

/** Everything of that time that nobody has used. */
export const sweepBefore = ({ store }: Bench, clientsBeforeMs: number): Promise<number> =>
  store.sweepRegistrations({ clientsBeforeMs, tokensBeforeMs: clientsBeforeMs, limit: 1000, ...times })

export async function registrationWritesOf(
  bench: Bench,
): Promise<Record<string, readonly (() => Promise<unknown>)[]>> {
  const { token, digest } = await givenInitialAccessToken(bench)
  await register(bench)
  return {
    createInitialAccessToken: [() => givenInitialAccessToken(bench)],
    registerClient: [() => register(bench, undefined, { tokenDigest: digest })],
    endInitialAccessToken: [() => bench.store.endInitialAccessToken({ id: token.id, audit: makeEvent() })],
    sweepRegistrations: [() => sweepBefore(bench, NOW + DAY)],
  }
}
