/** The headers of answers to the byte: what browsers may do with them, what is kept, and both cookies. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { RESOURCE_METADATA } from './contract.ts'
import * as given from './given.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { adminKey, send } = shared.given

const DATA = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'content-type': 'application/json; charset=utf-8',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
}
const PAGE = {
  ...DATA,
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'content-type': 'text/html; charset=utf-8',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'same-origin',
}
const PUBLIC = {
  ...DATA,
  'access-control-allow-origin': '*',
  'cache-control': 'public, max-age=300',
  'cross-origin-resource-policy': 'cross-origin',
}
const KEPT = 'public, max-age=300'

const headersOf = ({ headers }: given.Answer): object => Object.fromEntries(headers)

test('answers carry these headers and no others', async () => {
  const problem = { ...DATA, 'content-type': 'application/problem+json; charset=utf-8' }
  const challenge = { 'www-authenticate': `Bearer realm="countersign", ${RESOURCE_METADATA}` }
  const key = adminKey
  for (const [path, options, expected] of [
    ['/v1/me', { key }, DATA],
    ['/healthz', {}, DATA],
    ['/v1/me', {}, { ...problem, ...challenge }],
    [
      '/v1/me',
      { key: 'x' },
      {
        ...problem,
        'www-authenticate': `Bearer realm="countersign", error="invalid_token", ${RESOURCE_METADATA}`,
      },
    ],
    ['/v1/accounts/none', { key }, problem],
    ['/nowhere', {}, problem],
    ['/v1/sign-in', {}, { ...problem, allow: 'POST' }],
    ['/', {}, PAGE],
    ['/setup', {}, PAGE],
    ['/docs/errors/not_found', {}, { ...PAGE, 'cache-control': KEPT, vary: 'cookie' }],
    ['/assets/page.css', {}, { ...PAGE, 'cache-control': KEPT, 'content-type': 'text/css; charset=utf-8' }],
    [
      '/assets/link.js',
      {},
      { ...PAGE, 'cache-control': KEPT, 'content-type': 'text/javascript; charset=utf-8' },
    ],
    ['/.well-known/jwks.json', {}, PUBLIC],
    ['/.well-known/oauth-authorization-server', {}, PUBLIC],
    ['/.well-known/openid-configuration', {}, PUBLIC],
    ['/.well-known/oauth-protected-resource', {}, PUBLIC],
  ] as const) {
    const answer = await send('GET', path, options)
    assert.deepEqual(headersOf(answer), expected, path)
    const head = await send('HEAD', path, options)
    if (answer.status < 400) assert.deepEqual(headersOf(head), expected, `HEAD ${path}`)
  }
})

test('an OAuth refusal carries its own', async () => {
  const answer = await send('POST', '/oauth/token', { form: { grant_type: 'password' } })

  assert.deepEqual(headersOf(answer), { ...DATA, pragma: 'no-cache' })
})

async function cookiesOf(more: object): Promise<readonly string[]> {
  const { email } = await given.person(shared.given)
  const body = { email, password: given.PASSWORD, ...more }
  return (await send('POST', '/v1/sign-in', { body })).headers.getSetCookie()
}

const opaque = (kind: string): string => `cs_${kind}live_[0-9a-z]{26}_[0-9A-Za-z]{49}`

const DEVICE =
  /^__Host-countersign_device=[0-9A-Za-z]{43}; Path=\/; Max-Age=34560000; Secure; HttpOnly; SameSite=Strict$/

test('signing in sets one cookie with a credential and one for the device, as narrow as can be, or none', async () => {
  const [session = '', device = '', ...others] = await cookiesOf({})
  assert.deepEqual(others, [])
  assert.match(device, DEVICE)
  assert.match(
    session,
    new RegExp(
      `^__Host-countersign_session=${opaque('ses')}; Path=/; Max-Age=[1-9]\\d+; Secure; HttpOnly; SameSite=Lax$`,
    ),
  )

  const [refresh = '', known = '', ...more] = await cookiesOf({ deliver: 'jwt', refresh: 'cookie' })
  assert.deepEqual(more, [])
  assert.match(known, DEVICE)
  assert.match(
    refresh,
    new RegExp(
      `^__Secure-countersign_refresh=${opaque('ref')}; Path=/oauth/token; Max-Age=[1-9]\\d+; Secure; HttpOnly; SameSite=Strict$`,
    ),
  )

  for (const quiet of [{ deliver: 'session_token' }, { deliver: 'jwt' }])
    assert.deepEqual(await cookiesOf(quiet), [])
})

test('signing out clears both cookies under the paths that they were set for', async () => {
  const { cookie } = await given.signedIn(shared.given, 'cookie')

  const answer = await send('POST', '/v1/sign-out', { cookie, headers: { origin: given.ISSUER } })

  assert.deepEqual(answer.headers.getSetCookie(), [
    '__Host-countersign_session=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax',
    '__Secure-countersign_refresh=; Path=/oauth/token; Max-Age=0; Secure; HttpOnly; SameSite=Strict',
  ])
  assert.equal(answer.headers.get('clear-site-data'), '"cache", "storage"')
  assert.equal(answer.headers.get('cache-control'), 'no-store')
})
