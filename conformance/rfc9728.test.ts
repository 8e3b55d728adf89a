/** The authority's own API as a protected resource (RFC 9728): whoever is refused finds the way to a token. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as oauth from 'oauth4webapi'
import { givenFlow, REDIRECT } from './code-flow.ts'
import { type Answer, at, givenPerson, givenServer } from './given.ts'

const WELL_KNOWN = '/.well-known/oauth-protected-resource'

const flow = await givenFlow()
const { given } = flow
const elsewhere = await givenServer({ COUNTERSIGN_AUDIENCES: 'https://api.example.com' })

const challengeOf = (answer: Answer): string => answer.headers.get('www-authenticate') ?? ''

test('§3.1: other methods than GET and HEAD are refused, and there is no document under a path', async () => {
  for (const method of ['POST', 'PUT', 'DELETE']) {
    assert.equal((await given.send(method, WELL_KNOWN)).status, 405, method)
  }
  for (const path of [`${WELL_KNOWN}/v1`, `${WELL_KNOWN}/`, `/v1${WELL_KNOWN}`]) {
    assert.equal((await given.send('GET', path)).status, 404, path)
  }
})

test('§3.3: where tokens for the issuer are not taken there is no document, and no challenge names one', async () => {
  const document = await elsewhere.send('GET', WELL_KNOWN)
  const refused = await elsewhere.send('GET', '/v1/me')

  assert.equal(document.status, 404)
  assert.equal(document.json.code, 'not_found')
  assert.equal(challengeOf(refused), 'Bearer realm="countersign"')
})

test('§3.2: the document is JSON that pages of any origin may read and keep for a while', async () => {
  const answer = await given.send('GET', WELL_KNOWN)

  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json(?:;|$)/)
  assert.equal(answer.headers.get('access-control-allow-origin'), '*')
  assert.match(answer.headers.get('cache-control') ?? '', /^public, max-age=\d+$/)
})

test('§2: it names the resource, the one authority and the header, and no scope to ask for unasked', async () => {
  const { json } = await given.send('GET', WELL_KNOWN)

  assert.equal(json.resource, given.url)
  assert.deepEqual(json.authorization_servers, [given.url])
  assert.deepEqual(json.bearer_methods_supported, ['header'])
  assert.ok(Array.isArray(json.dpop_signing_alg_values_supported))
  assert.equal(json.scopes_supported, undefined)
  const documentation = new URL(at(json, 'resource_documentation'))
  assert.equal((await given.send('GET', documentation.pathname)).status, 200)
})

test('§5.1: every challenge of the API names the document, whatever it was that was refused', async () => {
  const { accessToken } = await givenPerson(given)
  const refused: [status: number, answer: Answer][] = [
    [401, await given.send('GET', '/v1/me')],
    [401, await given.send('GET', '/v1/me', { bearer: 'x' })],
    [401, await given.send('GET', '/v1/me', { headers: { authorization: `DPoP ${accessToken}` } })],
    [400, await given.send('GET', '/v1/me', { bearer: accessToken, key: given.adminKey })],
    [403, await given.send('GET', '/v1/accounts', { bearer: accessToken })],
    [401, await given.send('GET', '/oauth/userinfo')],
    [401, await given.send('POST', '/oauth/userinfo', { bearer: 'x' })],
  ]

  for (const [status, answer] of refused) {
    assert.equal(answer.status, status, answer.text)
    const named = /resource_metadata="([^"]*)"$/.exec(challengeOf(answer))?.[1]
    assert.equal(named, `${given.url}${WELL_KNOWN}`, challengeOf(answer))
  }
})

test('§5: a client that knows nothing but the API finds the authority, and a token for it', async () => {
  const options = { [oauth.allowInsecureRequests]: true } as const
  const refused = await given.send('GET', '/v1/me')
  const named = /resource_metadata="([^"]*)"/.exec(challengeOf(refused))?.[1] ?? assert.fail()
  assert.equal(new URL(named).origin, given.url)
  const resource = await oauth.processResourceDiscoveryResponse(
    new URL(given.url),
    await oauth.resourceDiscoveryRequest(new URL(given.url), options),
  )
  const [issuer = assert.fail()] = resource.authorization_servers ?? []
  const server = await oauth.processDiscoveryResponse(
    new URL(issuer),
    await oauth.discoveryRequest(new URL(issuer), { ...options, algorithm: 'oauth2' }),
  )
  assert.equal(server.authorization_endpoint, `${given.url}/oauth/authorize`)

  const browser = await flow.signedIn()
  const code = await flow.codeFor(browser, { resource: resource.resource, redirect_uri: REDIRECT })
  const { json } = await flow.redeem(code, { resource: resource.resource })

  assert.equal(await flow.statusOf(at(json, 'access_token')), 200)
})
