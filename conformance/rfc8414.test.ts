/** The metadata of the authorization server (RFC 8414): what it says is so. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, at, givenServer } from './given.ts'

const WELL_KNOWN = '/.well-known/oauth-authorization-server'

const given = await givenServer()

const metadata = (): Promise<Answer> => given.send('GET', WELL_KNOWN)

/** The path of an endpoint, which must be one of this server. */
function pathOf(json: Answer['json'], name: string): string {
  const url = new URL(at(json, name))
  assert.equal(url.origin, given.url)
  return url.pathname
}

test('§3: other methods than GET and HEAD are refused', async () => {
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const answer = await given.send(method, WELL_KNOWN)
    assert.equal(answer.status, 405)
    assert.equal(answer.headers.get('allow'), 'GET, HEAD')
  }
})

test('§3.1: an issuer without a path has its document at this place only', async () => {
  for (const path of [`${WELL_KNOWN}/tenant`, `${WELL_KNOWN}/`, `/tenant${WELL_KNOWN}`]) {
    assert.equal((await given.send('GET', path)).status, 404, path)
  }
})

test('§3.2: the document is JSON that pages of any origin may read', async () => {
  const answer = await metadata()

  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json(?:;|$)/)
  assert.equal(answer.headers.get('access-control-allow-origin'), '*')
})

test('§3.3: the issuer is the URL that the document was asked at, to the letter', async () => {
  const { json } = await metadata()

  assert.equal(json.issuer, given.url)
})

test('§2: every member that is required is there, and has its type', async () => {
  const { json } = await metadata()

  for (const name of ['response_types_supported', 'grant_types_supported']) {
    assert.ok(Array.isArray(json[name]), name)
  }
  for (const [name, value] of Object.entries(json)) {
    if (name.endsWith('_endpoint') || name.endsWith('_uri')) assert.ok(URL.canParse(String(value)), name)
    if (name.endsWith('_parameter_supported')) assert.equal(typeof value, 'boolean', name)
    else if (name.endsWith('_supported')) assert.ok(Array.isArray(value), name)
    assert.notEqual(value, null, name)
  }
})

for (const name of ['token_endpoint', 'revocation_endpoint', 'introspection_endpoint']) {
  test(`§2: ${name} answers in the form of OAuth`, async () => {
    const { json } = await metadata()

    const answer = await given.post(pathOf(json, name), {})

    assert.ok([400, 401].includes(answer.status), answer.text)
    assert.ok(['invalid_request', 'invalid_client'].includes(at(answer.json, 'error')))
  })
}

test('§2: jwks_uri and service_documentation answer', async () => {
  const { json } = await metadata()

  for (const name of ['jwks_uri', 'service_documentation']) {
    assert.equal((await given.send('GET', pathOf(json, name))).status, 200, name)
  }
})

test('§2: a grant type is offered if and only if the document names it', async () => {
  const { json } = await metadata()
  const named = json.grant_types_supported
  assert.ok(Array.isArray(named) && named.length > 0)
  const known = [
    'authorization_code',
    'password',
    'client_credentials',
    'refresh_token',
    'implicit',
    ...named,
  ]

  for (const grantType of known) {
    const { json: refusal } = await given.post('/oauth/token', { grant_type: grantType })
    assert.equal(refusal.error !== 'unsupported_grant_type', named.includes(grantType), grantType)
  }
})

test('§2: the ways in which clients authenticate are those that they can be registered with', async () => {
  const { json } = await metadata()
  const named = json.token_endpoint_auth_methods_supported
  const known = ['none', 'client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt']

  for (const method of [...known, 'tls_client_auth', 'self_signed_tls_client_auth']) {
    const body = { id: 'x', name: 'x', token_endpoint_auth_method: method, grant_types: [], scopes: [] }
    const { text } = await given.send('POST', '/v1/clients', { key: given.adminKey, body })
    const isKnown = !text.includes('"path":"token_endpoint_auth_method"')
    assert.equal(isKnown, Array.isArray(named) && named.includes(method), method)
  }
})

test('§2: a public client that presents a secret all the same is refused', async () => {
  const form = {
    grant_type: 'refresh_token',
    client_id: 'first-party',
    client_secret: 'x',
    refresh_token: 'x',
  }
  assert.equal((await given.post('/oauth/token', form)).json.error, 'invalid_client')
})

test('§5: the document where OpenID Connect looks for it says the same', async () => {
  const { json } = await metadata()

  const other = await given.send('GET', '/.well-known/openid-configuration')

  assert.equal(other.status, 200)
  assert.deepEqual({ ...other.json, ...json }, other.json)
})
