/** OAuth clients for tests, and every write of theirs. */
import type { Client } from '@countersign/core'
import type { ServiceAccountId } from '@countersign/protocol'
import type { Bench } from './bench.ts'
import { change, DAY, givenAccount, givenServiceAccount, makeEvent, makeText, NOW } from './given.ts'
import { keepAliases } from './given-aliases.ts'

export const makeClient = (over: Partial<Client> = {}): Client => ({
  id: makeText('client'),
  name: 'A client',
  kind: 'confidential',
  profile: 'oauth2.1',
  authMethod: 'client_secret_basic',
  dpopBound: false,
  grantTypes: ['authorization_code', 'refresh_token'],
  redirectUris: ['https://app.example.com/callback'],
  postLogoutRedirectUris: [],
  backchannelLogoutUri: null,
  scopes: ['openid', 'notes:read'],
  audiences: [],
  serviceAccountId: null,
  jwks: null,
  jwksUri: null,
  logoUri: null,
  policyUri: null,
  tosUri: null,
  assurance: null,
  idTokenAlgorithm: null,
  subjectType: 'public',
  sectorIdentifierUri: null,
  createdAtMs: NOW,
  disabledAtMs: null,
  endedAtMs: null,
  registration: 'administrator',
  usedAtMs: null,
  revokedBefore: 0,
  ...over,
})

export const secretDigestOf = ({ id }: Pick<Client, 'id'>): string => `digest of ${id}`

export async function givenClient({ store }: Bench, over: Partial<Client> = {}): Promise<Client> {
  const client = makeClient(over)
  const secretDigest = secretDigestOf(client)
  const created = await store.createClient({ client, secretDigest, sealedSecret: null, audit: makeEvent() })
  if (created !== 'created') throw new Error(created)
  return client
}

/** A client that speaks for a service account of its own. */
export async function givenSpeaker(
  bench: Bench,
): Promise<{ client: Client; serviceAccountId: ServiceAccountId }> {
  const { id: serviceAccountId } = await givenServiceAccount(bench)
  const client = await givenClient(bench, {
    grantTypes: ['client_credentials'],
    redirectUris: [],
    serviceAccountId,
  })
  return { client, serviceAccountId }
}

export const rotate = (
  { store }: Bench,
  { id }: Pick<Client, 'id'>,
  digest: string,
  over: object = {},
): ReturnType<Bench['store']['rotateClientSecret']> =>
  store.rotateClientSecret({
    id,
    digest,
    sealed: null,
    overlapEndsAtMs: NOW + DAY,
    secretsMax: 4,
    nowMs: NOW,
    audit: makeEvent(),
    ...over,
  })

export async function clientWritesOf(
  bench: Bench,
): Promise<Record<string, readonly (() => Promise<unknown>)[]>> {
  const { store } = bench
  const { client, serviceAccountId } = await givenSpeaker(bench)
  const leaving = await givenClient(bench)
  const account = await givenAccount(bench)
  const { id } = client
  const documented = makeClient({
    id: `https://app.example.com/${makeText('client')}.json`,
    authMethod: 'none',
    kind: 'public',
    registration: 'document',
  })
  return {
    createClient: [
      () =>
        store.createClient({
          client: makeClient(),
          secretDigest: 'd',
          sealedSecret: null,
          audit: makeEvent(),
        }),
    ],
    changeClient: [
      () =>
        store.changeClient({ id, change: { name: 'Other', logoUri: 'https://example.com/l' }, ...change() }),
      () => store.changeClient({ id, change: { scopes: ['notes:write'] }, ...change() }),
      () => store.changeClient({ id, change: { audiences: ['https://other.example.com'] }, ...change() }),
      () => store.changeClient({ id, change: { serviceAccountId: null }, ...change() }),
      () => store.changeClient({ id, change: { serviceAccountId }, ...change() }),
      () => store.changeClient({ id, change: { assurance: 'aal2' }, ...change() }),
      () => store.changeClient({ id, change: { subjectType: 'pairwise' }, ...change() }),
      () => store.changeClient({ id, change: {}, disabledAtMs: NOW, ...change() }),
      () => store.changeClient({ id, change: {}, disabledAtMs: null, ...change() }),
    ],
    keepDocumentClient: [
      () => store.keepDocumentClient({ client: documented, ...change() }),
      () => store.keepDocumentClient({ client: { ...documented, name: 'Other' }, ...change() }),
      () => store.keepDocumentClient({ client: { ...documented, scopes: ['notes:write'] }, ...change() }),
    ],
    keepAliases: [() => keepAliases(bench, account)],
    rotateClientSecret: [() => rotate(bench, leaving, 'another digest')],
    useOnce: [() => store.useOnce({ key: 'assertion x y', expiresAtMs: NOW })],
    sweepUsed: [() => store.sweepUsed(NOW + DAY, 100)],
    endClient: [() => store.endClient({ id: leaving.id, ...change() })],
  }
}
