/** draft-ietf-oauth-client-id-metadata-document: clients whose id is the URL of a document in which they describe themselves. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openDocuments } from '@countersign/tools/document-server'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { Browser, returned } from './browser.ts'
import { givenFlow, PERMISSIONS, REDIRECT } from './code-flow.ts'
import { type Answer, assertOAuthError, at, givenPerson, givenServer } from './given.ts'

const documents = await openDocuments()
after(documents.close)
const flow = await givenFlow({
  COUNTERSIGN_CLIENT_DOCUMENTS: 'on',
  COUNTERSIGN_OUTBOUND_NETWORKS: '127.0.0.0/8',
  COUNTERSIGN_CLIENT_REGISTRATION_SCOPES: 'openid,profile,offline_access,notes:read',
})
const { given, pkce } = flow
const key = given.adminKey
const LOOPBACK = 'http://127.0.0.1:7777/callback'

let counted = 0
/** Publishes a document with these members, less those that are undefined, and gives its URL. */
function publish(more: Readonly<Record<string, unknown>> = {}, headers: Record<string, string> = {}): string {
  counted += 1
  const path = `/clients/${counted}.json`
  const client_id = `${documents.origin}${path}`
  const body = { client_id, client_name: 'A new app', redirect_uris: [REDIRECT], ...more }
  return documents.publish(path, { body, headers })
}

const pathFor = (client_id: string, more: Record<string, string> = {}): string =>
  flow.toPath({ client_id, scope: 'openid notes:read', ...more })

const clientOf = async (id: string): Promise<Answer> =>
  given.send('GET', `/v1/clients/${encodeURIComponent(id)}`, { key })

/** Nobody is sent anywhere, and nothing is kept of it. */
async function assertRefused(id: string, what: string): Promise<void> {
  const answer = await new Browser(given).open(pathFor(id))
  assert.equal(answer.status, 400, what)
  assert.match(answer.text, /<code>client_id<\/code>/, what)
  assert.equal((await clientOf(id)).status, 404, what)
  const pushed = await given.post(
    '/oauth/par',
    Object.fromEntries(new URLSearchParams(pathFor(id).slice(17))),
  )
  assertOAuthError(pushed, 401, 'invalid_client')
}

const withSecret = { client_secret: 'a secret that everybody reads' }
const symmetric = { kty: 'oct', k: 'AAAA', alg: 'HS256', kid: 'one' }
for (const [what, members] of [
  ['another id', { client_id: 'https://app.example.com/client.json' }],
  ['no id', { client_id: undefined }],
  ['an id that is none', { client_id: 1 }],
  ['a secret', withSecret],
  ['the end of a secret', { client_secret_expires_at: 0 }],
  ['a method with a secret', { token_endpoint_auth_method: 'client_secret_basic' }],
  ['a secret in the form', { token_endpoint_auth_method: 'client_secret_post' }],
  ['signatures by a secret', { token_endpoint_auth_method: 'client_secret_jwt' }],
  ['a method that nobody knows', { token_endpoint_auth_method: 'tls_client_auth' }],
  ['keys and no method for them', { jwks: { keys: [symmetric] } }],
  ['a shared key', { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [symmetric] } }],
  ['no redirect URI', { redirect_uris: undefined }],
  ['a list of none', { redirect_uris: [] }],
  ['one redirect URI that is a text', { redirect_uris: REDIRECT }],
  ['only redirect URIs in the clear', { redirect_uris: ['http://app.example.com/callback'] }],
  ['only private schemes', { redirect_uris: ['com.example.app:/callback'] }],
  ['only grants without a person', { grant_types: ['client_credentials'] }],
  ['grants that are a text', { grant_types: 'authorization_code' }],
  ['a name of its own length', { client_name: 'a'.repeat(10_000) }],
  ['a statement', { software_statement: 'a.b.c' }],
  ['a link that is a script', { policy_uri: 'javascript:alert(1)' }],
  ['another signature', { id_token_signed_response_alg: 'RS256' }],
] as const) {
  test(`§4: a document with ${what} is no client`, async () => {
    await assertRefused(publish(members), what)
  })
}

for (const [what, answer] of [
  ['nothing', null],
  ['a server that fails', { status: 500, body: {} }],
  ['a redirect', { status: 302, body: {}, headers: { location: `${documents.origin}/elsewhere` } }],
  ['a list', { body: [] }],
  ['a page', { body: '<html>' }],
  ['a name twice', { body: '{"client_id":"a","client_id":"b"}' }],
  ['more than anybody reads', { body: `{"a":"${'x'.repeat(70_000)}"}` }],
  ['something compressed', { body: {}, headers: { 'content-encoding': 'gzip' } }],
] as const) {
  test(`§4: where ${what} is found there is no client`, async () => {
    counted += 1
    await assertRefused(documents.publish(`/clients/${counted}.json`, answer), what)
    assert.ok(!documents.asked.includes('/elsewhere'))
  })
}

test('§3: what is no URL of a document is not asked for', async () => {
  const before = documents.asked.length
  const id = publish()
  for (const other of [
    `${id}?a=b`,
    `${id}#x`,
    id.replace('https:', 'http:'),
    id.replace('//', '//user@'),
    id.replace('/clients/', '/clients/../clients/'),
    id.replace('/clients/', '/clients/%2e/'),
    id.replace('https:', 'HTTPS:'),
    `${documents.origin}/`,
    documents.origin,
  ]) {
    assert.equal((await new Browser(given).open(pathFor(other))).status, 400, other)
    const form = { grant_type: 'refresh_token', client_id: other, refresh_token: 'x' }
    assertOAuthError(await given.post('/oauth/token', form), 401, 'invalid_client')
  }
  assert.equal(documents.asked.length, before)
})

test('§6.5: addresses that only this server can reach are not called', async () => {
  for (const host of ['169.254.169.254', '10.0.0.1', '0.0.0.0']) {
    await assertRefused(`https://${host}/latest/client.json`, host)
  }
})

test('nobody makes an administrator’s client of such an id', async () => {
  const body = {
    id: publish(),
    name: 'Ours',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    redirect_uris: [REDIRECT],
    scopes: ['openid'],
  }
  assert.equal((await given.send('POST', '/v1/clients', { key, body })).status, 422)
})

test('whoever repeats a bad id does not make us send as many requests', async () => {
  const id = publish({ client_id: 'https://app.example.com/client.json' })
  const path = new URL(id).pathname
  await Promise.all(Array.from({ length: 20 }, () => new Browser(given).open(pathFor(id))))

  assert.ok(documents.asked.filter((one) => one === path).length <= 2)
})

test('§4: a redirect URI that the document does not have is not gone to', async () => {
  const id = publish()
  for (const redirect_uri of [`${REDIRECT}/x`, `${REDIRECT}?a=b`, 'https://evil.example/callback']) {
    const answer = await (await flow.signedIn()).open(pathFor(id, { redirect_uri }))
    assert.equal(answer.status, 400)
    assert.match(answer.text, /<code>redirect_uri<\/code>/)
  }
})

test('it cannot do without PKCE, and cannot ask for more than the fence has', async () => {
  const id = publish({ scope: 'openid notes:read notes:write accounts:write' })
  const browser = await flow.signedIn()

  const plain = await browser.open(pathFor(id).replace(/&code_challenge[^&]*/g, ''))
  const more = await browser.open(pathFor(id, { scope: 'notes:write' }))
  const other = await browser.open(pathFor(id, { resource: 'https://other.example.com' }))

  assert.equal(returned(plain, REDIRECT).get('error'), 'invalid_request')
  assert.equal(returned(more, REDIRECT).get('error'), 'invalid_scope')
  assert.equal(returned(other, REDIRECT).get('error'), 'invalid_target')
})

test('what only other servers take is passed over', async () => {
  const id = publish({
    redirect_uris: [LOOPBACK, 'cursor://an.app/callback', REDIRECT],
    grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code', 'of-tomorrow'],
    response_types: ['code', 'code id_token'],
    logo_uri: 'http://app.example.com/logo.png',
    'a member': { of: ['tomorrow'] },
  })
  const answer = await (await flow.signedIn()).open(
    pathFor(id, { redirect_uri: 'http://127.0.0.1:50123/callback' }),
  )

  assert.match(answer.text, /id="consent-allow"/)
  assertOAuthError(
    await given.post('/oauth/device_authorization', { client_id: id }),
    400,
    'unauthorized_client',
  )
})

test('§6: people are asked each time, warned, and shown both hosts, in both languages', async () => {
  const id = publish({ client_name: '<b>Your bank</b>', logo_uri: 'https://bank.example/l.png' })
  const browser = await flow.signedIn()

  for (let index = 0; index < 2; index += 1) {
    const page = await browser.open(pathFor(id))
    assert.match(page.text, /id="client-unchecked"[^>]*>unchecked</)
    assert.match(page.text, /id="consent-host">app\.example\.com</)
    assert.ok(page.text.includes(`id="consent-document">${new URL(id).host}<`), page.text)
    assert.match(page.text, /&lt;b&gt;Your bank/)
    assert.doesNotMatch(page.text + page.headers.get('content-security-policy'), /client-logo|bank\.example/)
    const answer = await browser.submit(page, { decision: 'allow' })
    assert.ok(returned(answer, REDIRECT).get('code'))
  }
  const german = await browser.open(pathFor(id, { ui_locales: 'de' }))
  assert.match(german.text, /ungeprüft[\s\S]*Sie beschreibt sich selbst unter/)
  const silent = await browser.open(pathFor(id, { prompt: 'none' }))
  assert.equal(returned(silent, REDIRECT).get('error'), 'consent_required')
})

test('nothing is kept of a client before somebody has allowed it something', async () => {
  const id = publish()
  const browser = await flow.signedIn()
  const page = await browser.open(pathFor(id))
  assert.equal((await clientOf(id)).status, 404)

  const denied = await browser.submit(page, { decision: 'deny' })

  assert.equal(returned(denied, REDIRECT).get('error'), 'access_denied')
  assert.equal((await clientOf(id)).status, 404)
})

const codeFor = async (id: string, more: Record<string, string> = {}): Promise<string> => {
  const answer = await flow.allow(await flow.signedIn(), pathFor(id, more))
  return returned(answer, REDIRECT).get('code') ?? assert.fail(answer.text)
}

test('two people who allow it first, at the same moment, make one client of it', async () => {
  const id = publish()
  const other = await givenPerson(given, PERMISSIONS)
  const browsers = [await flow.signedIn(), await flow.signedIn(other.email)]
  const pages = await Promise.all(browsers.map((browser) => browser.open(pathFor(id))))

  const answers = await Promise.all(
    browsers.map((browser, index) => browser.submit(pages[index] ?? assert.fail(), { decision: 'allow' })),
  )

  for (const answer of answers) {
    const code = returned(answer, REDIRECT).get('code') ?? assert.fail(answer.text)
    assert.equal((await flow.redeem(code, { client_id: id })).status, 200)
  }
})

test('it signs in, its tokens name it by its URL, and ending it ends them and keeps it out', async () => {
  const id = publish({ grant_types: ['authorization_code', 'refresh_token'] })
  const tokens = await flow.redeem(await codeFor(id), { client_id: id })
  assert.equal(tokens.status, 200, tokens.text)
  const access = at(tokens.json, 'access_token')
  const payloadOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  assert.equal(payloadOf(access).client_id, id)
  assert.equal(payloadOf(at(tokens.json, 'id_token')).aud, id)
  assert.equal(await flow.statusOf(access), 200)
  const client = JSON.parse((await clientOf(id)).text).client
  assert.deepEqual([client.registration, client.type, client.name], ['document', 'public', 'A new app'])
  assert.notEqual(client.first_used_at, null)
  const listed = await given.send('GET', `/v1/clients?search=${encodeURIComponent('127.0.0.1')}`, { key })
  assert.ok(listed.text.includes(id))
  const changed = await given.send('PATCH', `/v1/clients/${encodeURIComponent(id)}`, {
    key,
    body: { redirect_uris: ['https://evil.example/callback'] },
  })
  assert.equal(changed.status, 409)

  const ended = await given.send('DELETE', `/v1/clients/${encodeURIComponent(id)}`, { key })

  assert.equal(ended.status, 204)
  assert.equal(await flow.statusOf(access), 401)
  const form = { grant_type: 'refresh_token', client_id: id, refresh_token: at(tokens.json, 'refresh_token') }
  assertOAuthError(await given.post('/oauth/token', form), 401, 'invalid_client')
  assert.equal((await (await flow.signedIn()).open(pathFor(id))).status, 400)
})

for (const [who, take] of [
  [
    'whoever allowed it',
    (id: string) =>
      given.send('DELETE', `/v1/me/consents/${encodeURIComponent(id)}`, { bearer: flow.person.accessToken }),
  ],
  [
    'an administrator who revokes it',
    (id: string) =>
      given.send('POST', '/v1/revocations', {
        key,
        body: { target: { kind: 'client', id }, wait_ms: 10_000 },
      }),
  ],
] as const) {
  test(`what it was given is ended by ${who}, under its URL`, async () => {
    const id = publish({ grant_types: ['authorization_code', 'refresh_token'] })
    const tokens = await flow.redeem(await codeFor(id), { client_id: id })
    const access = at(tokens.json, 'access_token')
    assert.equal(await flow.statusOf(access), 200)

    const taken = await take(id)

    assert.ok(taken.status < 300, taken.text)
    assert.equal(await flow.statusOf(access), 401)
    const refresh_token = at(tokens.json, 'refresh_token')
    const form = { grant_type: 'refresh_token', client_id: id, refresh_token }
    assertOAuthError(await given.post('/oauth/token', form), 400, 'invalid_grant')
  })
}

test('one that is disabled is let in again when it is enabled', async () => {
  const id = publish()
  await codeFor(id)
  const set = (disabled: boolean) =>
    given.send('PATCH', `/v1/clients/${encodeURIComponent(id)}`, { key, body: { disabled } })

  assert.equal((await set(true)).status, 200)
  assert.equal((await new Browser(given).open(pathFor(id))).status, 400)
  assert.equal((await set(false)).status, 200)
  assert.ok(await codeFor(id))
})

test('§4: with keys of its own in the document it has to prove itself by them', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'one' }
  const id = publish({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } })
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: id, sub: id, aud: given.url, jti: id, iat: now, exp: now + 60 }
  const client_assertion = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .sign(privateKey)
  const code = await codeFor(id)

  assertOAuthError(await flow.redeem(code, { client_id: id }), 401, 'invalid_client')
  const proof = {
    client_assertion,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  }
  const answer = await flow.redeem(code, { client_id: id, ...proof })
  assert.equal(answer.status, 200, answer.text)
})

test('§5: discovery says so where it is on; elsewhere no document is asked for', async () => {
  const metadata = '/.well-known/oauth-authorization-server'
  const off = await givenServer({ COUNTERSIGN_OUTBOUND_NETWORKS: '127.0.0.0/8' })
  const id = publish()

  const on = await given.send('GET', metadata)
  const without = await off.send('GET', metadata)
  const answer = await off.send('GET', pathFor(id))

  assert.equal(on.json.client_id_metadata_document_supported, true)
  assert.equal(without.json.client_id_metadata_document_supported, undefined)
  assert.equal(answer.status, 400)
  assert.ok(!documents.asked.includes(new URL(id).pathname))
  assert.ok(pkce.challenge !== '')
})
