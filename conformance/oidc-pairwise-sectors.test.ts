/** Pairwise subjects (OpenID Connect Core 1.0 §8.1): which clients know people by the same names, and who may say so. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openDocuments } from '@countersign/tools/document-server'
import { decodeJwt } from 'jose'
import { REDIRECT } from './code-flow.ts'
import { type Answer, assertOAuthError, at } from './given.ts'
import { givenPairwise } from './pairwise-flow.ts'

const documents = await openDocuments()
after(() => documents.close())
const { given, pairwise, register, somebody, signInTo, refresh, statusOf } = await givenPairwise({
  COUNTERSIGN_OUTBOUND_NETWORKS: '127.0.0.0/8',
  COUNTERSIGN_OUTBOUND_HOSTS: '127.0.0.1',
  COUNTERSIGN_CLIENT_REGISTRATION: 'open',
  COUNTERSIGN_CLIENT_REGISTRATION_SCOPES: 'openid,profile,email,notes:read',
  COUNTERSIGN_CLIENT_DOCUMENTS: 'on',
})
const OTHER = 'https://other.example.net/callback'
const admin = { key: given.adminKey }
const app = await pairwise()

test('§8.1: redirect URIs of several hosts are refused without an address that names them all', async () => {
  const uris = [REDIRECT, OTHER]
  const listed = (path: string, body: unknown, status = 200): string =>
    documents.publish(path, { body, status })
  for (const sector of [
    undefined,
    listed('/one.json', [REDIRECT]),
    listed('/object.json', { redirect_uris: uris }),
    listed('/text.json', JSON.stringify(uris.join(' '))),
    listed('/broken.json', `${JSON.stringify(uris)},`),
    listed('/gone.json', uris, 404),
    `${documents.origin}/nowhere.json`,
    'http://sector.example.com/uris.json',
    'https://sector.example.com@127.0.0.1/uris.json',
    'https://unlisted.example.com/uris.json',
    'no address',
  ]) {
    const body = {
      id: 'several-hosts',
      name: 'An app',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      redirect_uris: uris,
      scopes: ['openid'],
      subject_type: 'pairwise',
      sector_identifier_uri: sector,
    }
    const answer = await given.send('POST', '/v1/clients', { ...admin, body })
    assert.equal(answer.status, 422, `${sector}: ${answer.text}`)
    assert.match(answer.text, /"sector_identifier_uri"/)
  }
  const good = listed('/good.json', [...uris, 'https://third.example.com/'])

  const { id } = await pairwise({ redirect_uris: uris, sector_identifier_uri: good })

  const read = await given.send('GET', `/v1/clients/${id}`, admin)
  assert.equal(at(read.json, 'client', 'sector_identifier_uri'), good)
  assert.equal(at(read.json, 'client', 'subject_type'), 'pairwise')
  // What is changed later has to stand there as well.
  const more = { redirect_uris: [...uris, 'https://fourth.example.com/'] }
  const changed = await given.send('PATCH', `/v1/clients/${id}`, { ...admin, body: more })
  assert.equal(changed.status, 422, changed.text)
})

test('§8.1: a sector is shown by redirect URIs, and a client that could read ids has no pairwise subjects', async () => {
  const base = {
    id: 'not-pairwise',
    name: 'An app',
    token_endpoint_auth_method: 'none',
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
    scopes: ['openid'],
    subject_type: 'pairwise',
  }
  const uri = documents.publish('/empty.json', { body: [] })
  for (const [field, more] of [
    ['sector_identifier_uri', { sector_identifier_uri: uri }],
    ['subject_type', { scopes: ['openid', 'accounts:read'] }],
    ['subject_type', { scopes: ['*'] }],
    ['subject_type', { subject_type: 'Pairwise' }],
  ] as const) {
    const answer = await given.send('POST', '/v1/clients', { ...admin, body: { ...base, ...more } })
    assert.equal(answer.status, 422, answer.text)
    assert.ok(answer.text.includes(`"${field}"`), answer.text)
  }
  const body = { scopes: ['openid', 'clients:read'] }
  assert.equal((await given.send('PATCH', `/v1/clients/${app.id}`, { ...admin, body })).status, 422)
})

test('§8.1: a client that becomes pairwise has its tokens made anew, and is told another name', async () => {
  const { id, browser } = await somebody()
  const client = await register()
  const tokens = await signInTo(client, browser)
  assert.equal(tokens.sub, id)

  const body = { subject_type: 'pairwise' }
  assert.equal((await given.send('PATCH', `/v1/clients/${client.id}`, { ...admin, body })).status, 200)

  assert.equal(await statusOf(tokens.access), 401)
  const refreshed = decodeJwt(at((await refresh(client, tokens.refresh)).json, 'access_token'))
  const known = await signInTo(app, browser)
  assert.deepEqual([refreshed.sub, refreshed.sid], [known.sub, known.sid])
})

test('§8.1: an app on a device, which owns no host, shares its sector with nobody', async () => {
  const { id, browser } = await somebody()
  const uri = 'http://127.0.0.1:51004/callback'
  const [one, two] = [await pairwise({ redirect_uris: [uri] }), await pairwise({ redirect_uris: [uri] })]

  const subjects = [(await signInTo(one, browser, uri)).sub, (await signInTo(two, browser, uri)).sub]

  assert.equal(new Set([id, ...subjects]).size, 3)
})

test('RFC 7591 §2: a client registers itself with both, and is refused where its sector does not name it', async () => {
  const uris = [REDIRECT, OTHER]
  const metadata = { redirect_uris: uris, token_endpoint_auth_method: 'none', subject_type: 'pairwise' }
  const say = (more: object): Promise<Answer> =>
    given.send('POST', '/oauth/register', { body: { ...metadata, ...more } })
  const [good, bad] = [
    documents.publish('/self.json', { body: uris }),
    documents.publish('/other.json', { body: [OTHER] }),
  ]

  for (const more of [{}, { sector_identifier_uri: bad }, { subject_type: 'private' }]) {
    assertOAuthError(await say(more), 400, 'invalid_client_metadata')
  }
  const made = await say({ sector_identifier_uri: good })

  assert.equal(made.status, 201, made.text)
  assert.equal(made.json.subject_type, 'pairwise')
  assert.equal(made.json.sector_identifier_uri, good)
  const plain = await given.send('POST', '/oauth/register', {
    body: { redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' },
  })
  assert.equal(plain.json.subject_type, 'public')
})

test('§8.1: a client by its document has names of its sector, and is refused where that does not name it', async () => {
  const { browser } = await somebody()
  const uris = [REDIRECT, OTHER]
  const publish = (path: string, sector: string): string => {
    const client_id = `${documents.origin}${path}`
    const grant_types = ['authorization_code', 'refresh_token']
    const named = { subject_type: 'pairwise', sector_identifier_uri: sector }
    return documents.publish(path, { body: { client_id, redirect_uris: uris, grant_types, ...named } })
  }
  const listed = documents.publish('/sector.json', { body: uris })
  const refused = publish('/refused.json', documents.publish('/short.json', { body: [OTHER] }))
  const id = publish('/client.json', listed)
  const page = await browser.open(`/oauth/authorize?${new URLSearchParams({ client_id: refused })}`)
  assert.match(page.text, /<code>client_id<\/code>/)

  const { sub } = await signInTo({ id, secret: '' }, browser)

  // The same sector as the sector document's, whoever is registered how.
  const known = await pairwise({ redirect_uris: uris, sector_identifier_uri: listed })
  assert.equal(sub, (await signInTo(known, browser)).sub)
})
