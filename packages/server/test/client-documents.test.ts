/** Documents in which clients describe themselves, over time: changed ones count once ours has expired, lost ones end nothing and let nobody in. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { openDocuments } from '@countersign/tools/document-server'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { KEPT_SECONDS_MIN, PAUSE_SECONDS } from '../src/outbound/documents.ts'
import { CALLS_MAX } from '../src/outbound/outbound.ts'
import { type Answer, at, authority, type Given, ISSUER, keyOf, PASSWORD } from './given.ts'
import { browserOf, type PageBrowser } from './page-browser.ts'

const REDIRECT = 'https://app.example.com/callback'
const VERIFIER = 'v'.repeat(43)
const SETTINGS = {
  COUNTERSIGN_CLIENT_DOCUMENTS: 'on',
  COUNTERSIGN_CLIENT_REGISTRATION_SCOPES: 'openid,offline_access,notes:read',
  COUNTERSIGN_OUTBOUND_NETWORKS: '127.0.0.0/8',
}

interface Published {
  readonly given: Given
  readonly id: string
  readonly browser: PageBrowser
  /** Null for a server that has nothing there. */
  publish(more: object | null): void
}

async function givenDocument(t: TestContext): Promise<Published> {
  const given = await authority(t, SETTINGS)
  const documents = await openDocuments()
  t.after(documents.close)
  const id = `${documents.origin}/client.json`
  const publish: Published['publish'] = (more) => {
    const body = {
      client_id: id,
      client_name: 'An app',
      redirect_uris: [REDIRECT],
      grant_types: ['authorization_code', 'refresh_token'],
      ...more,
    }
    documents.publish('/client.json', more && { body, headers: { 'cache-control': 'max-age=60' } })
  }
  const browser = browserOf(given.send)
  const login = await browser.ask('GET', '/login')
  await browser.submit(login, { identifier: 'admin@example.com', password: PASSWORD })
  return { given, id, browser, publish }
}

const ask = ({ id, browser }: Published, redirect_uri = REDIRECT): Promise<Answer> =>
  browser.ask(
    'GET',
    `/oauth/authorize?${new URLSearchParams({
      response_type: 'code',
      client_id: id,
      redirect_uri,
      scope: 'openid offline_access notes:read',
      code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
      code_challenge_method: 'S256',
    })}`,
  )

const isAsked = (answer: Answer): boolean => /id="consent-allow"/.test(answer.text)

async function allow(published: Published): Promise<string> {
  const answer = await published.browser.submit(await ask(published), { decision: 'allow' })
  const location = answer.headers.get('location') ?? assert.fail(answer.text)
  return new URL(location).searchParams.get('code') ?? assert.fail(location)
}

async function signIn(published: Published): Promise<Answer> {
  const { given, id } = published
  const code = await allow(published)
  const form = { grant_type: 'authorization_code', client_id: id, code, redirect_uri: REDIRECT }
  const answer = await given.send('POST', '/oauth/token', { form: { ...form, code_verifier: VERIFIER } })
  assert.equal(answer.status, 200, answer.text)
  return answer
}

const refresh = ({ given, id }: Published, tokens: Answer): Promise<Answer> =>
  given.send('POST', '/oauth/token', {
    form: {
      grant_type: 'refresh_token',
      client_id: id,
      refresh_token: at(tokens.json, 'refresh_token'),
    },
  })

test('a changed document counts once what is kept of it has expired, and not before', async (t) => {
  const published = await givenDocument(t)
  const { given, id, publish } = published
  const moved = 'https://new.example.com/callback'
  publish({})
  await signIn(published)

  publish({ client_name: 'Renamed', redirect_uris: [moved] })
  assert.ok(isAsked(await ask(published)))
  given.clock.advance(KEPT_SECONDS_MIN)

  assert.equal((await ask(published)).status, 400)
  assert.ok(isAsked(await ask(published, moved)))
  const path = `/v1/clients/${encodeURIComponent(id)}`
  const read = await given.send('GET', path, { key: given.adminKey })
  assert.equal(at(read.json, 'client', 'name'), 'Renamed')
  const events = await given.send('GET', '/v1/audit?limit=50', { key: given.adminKey })
  assert.equal(events.text.split('"client.learned"').length - 1, 2)
})

test('while its document is lost a client is refused; what it had goes on once it is back', async (t) => {
  const published = await givenDocument(t)
  const { given, publish } = published
  publish({})
  const tokens = await signIn(published)

  publish(null)
  given.clock.advance(KEPT_SECONDS_MIN)
  assert.equal((await refresh(published, tokens)).json.error, 'invalid_client')
  assert.equal((await ask(published)).status, 400)

  publish({})
  given.clock.advance(PAUSE_SECONDS)
  assert.equal((await refresh(published, tokens)).status, 200)
})

test('a document that ceases to be good is refused, and one that is mended counts after the pause', async (t) => {
  const published = await givenDocument(t)
  const { given, publish } = published
  publish({ client_secret: 'a secret' })
  assert.equal((await ask(published)).status, 400)

  publish({})
  assert.equal((await ask(published)).status, 400)
  given.clock.advance(PAUSE_SECONDS)

  assert.ok(isAsked(await ask(published)))
})

test('scopes that its document has lost are in no token after it', async (t) => {
  const published = await givenDocument(t)
  const { given, publish } = published
  publish({})
  const tokens = await signIn(published)
  assert.equal(tokens.json.scope, 'openid offline_access notes:read')

  publish({ scope: 'openid offline_access' })
  given.clock.advance(KEPT_SECONDS_MIN)

  const answer = await ask(published)
  assert.match(answer.headers.get('location') ?? '', /error=invalid_scope/)
  const refreshed = await refresh(published, tokens)
  assert.equal(refreshed.status, 200)
  assert.equal(refreshed.json.scope, 'openid offline_access')
})

test('switched off, clients that came by their documents are let in no more', async (t) => {
  const published = await givenDocument(t)
  const { given, publish } = published
  publish({})
  const tokens = await signIn(published)

  await given.restart(undefined, { COUNTERSIGN_CLIENT_DOCUMENTS: 'off' })

  assert.equal((await refresh(published, tokens)).json.error, 'invalid_client')
  assert.equal((await ask(published)).status, 400)
})

test('strangers whose servers never answer keep no registered client from being known by its keys', async (t) => {
  const given = await authority(t, { ...SETTINGS, COUNTERSIGN_OUTBOUND_TIMEOUT_MS: '10000' })
  const documents = await openDocuments()
  t.after(documents.close)
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'one' }
  const jwks_uri = documents.publish('/keys', { body: { keys: [jwk] } })
  const { owner } = await keyOf(given, ['notes:read'])
  const body = {
    id: 'ours',
    name: 'Ours',
    token_endpoint_auth_method: 'private_key_jwt',
    grant_types: ['client_credentials'],
    scopes: ['notes:read'],
    service_account_id: owner,
    jwks_uri,
  }
  assert.equal((await given.send('POST', '/v1/clients', { key: given.adminKey, body })).status, 201)
  const arrived = documents.hold('/slow/', CALLS_MAX)
  const waiting = Array.from({ length: CALLS_MAX + 1 }, (_, index) => {
    const client_id = `${documents.origin}/slow/${index}.json`
    return given.send('GET', `/oauth/authorize?${new URLSearchParams({ client_id })}`)
  })
  await arrived

  const iat = Math.floor(given.clock.nowMs() / 1000)
  const claims = { iss: 'ours', sub: 'ours', aud: ISSUER, jti: 'one', iat, exp: iat + 60 }
  const answer = await given.send('POST', '/oauth/token', {
    form: {
      grant_type: 'client_credentials',
      client_assertion: await new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .sign(privateKey),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    },
  })
  assert.equal(answer.status, 200, answer.text)

  documents.close()
  for (const { status } of await Promise.all(waiting)) assert.equal(status, 400)
})
