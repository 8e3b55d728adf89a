/**
 * One session cookie for several hosts of one site: as wide as the setting says and no wider, cleared as it was
 * set, and of no use to a page of a sibling host that is not on the allow list.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'

const ISSUER = 'https://auth.example.com'
const SIBLING = 'https://app.example.com'
const shared = await given.openAuthority({
  ...given.UNLIMITED,
  COUNTERSIGN_ISSUER: ISSUER,
  COUNTERSIGN_COOKIE_DOMAIN: 'example.com',
  COUNTERSIGN_ALLOWED_ORIGINS: SIBLING,
})
after(shared.close)

const to: Pick<given.Given, 'send' | 'adminKey'> = {
  adminKey: shared.given.adminKey,
  send: (method, path, options) =>
    shared.given.send(method, path, { base: ISSUER, encrypted: true, ...options }),
}
const NAME = '__Secure-countersign_session'

const me = (cookie: string): Promise<given.Answer> => to.send('GET', '/v1/me', { cookie })
const revokeOthers = (cookie: string, headers: Record<string, string>): Promise<given.Answer> =>
  to.send('POST', '/v1/me/sessions/revoke-others', { cookie, headers })

test('the cookie goes to the domain, and is as narrow as such a cookie can be in all else', async () => {
  const { email } = await given.person(to)

  const answer = await to.send('POST', '/v1/sign-in', { body: { email, password: given.PASSWORD } })

  const [cookie = '', device = '', ...others] = answer.headers.getSetCookie()
  assert.match(
    cookie,
    /^__Secure-countersign_session=cs_seslive_\w+; Domain=example\.com; Path=\/; Max-Age=86400; Secure; HttpOnly; SameSite=Lax$/,
  )
  // Nobody but the authority has a use for it.
  assert.match(device, /^__Host-countersign_device=\w+; Path=\/; /)
  assert.deepEqual(others, [])
})

test('the refresh cookie stays with the authority’s own host', async () => {
  const { email } = await given.person(to)
  const body = { email, password: given.PASSWORD, deliver: 'jwt', refresh: 'cookie' }

  const answer = await to.send('POST', '/v1/sign-in', { body })

  const [cookie = ''] = answer.headers.getSetCookie()
  assert.match(cookie, /^__Secure-countersign_refresh=/)
  assert.doesNotMatch(cookie, /Domain/i)
})

test('the cookie of another name, or one that stands twice, is no credential', async () => {
  const { cookie } = await given.signedIn(to, 'cookie')
  const value = cookie.slice(NAME.length + 1)

  assert.equal((await me(cookie)).status, 200)
  assertProblem(await me(`__Host-countersign_session=${value}`), 'credential_required')
  assertProblem(await me(`countersign_session=${value}`), 'credential_required')
  // A sibling host can set a second one beside it; which of the two is ours cannot be told.
  assertProblem(await me(`${cookie}; ${cookie}`), 'invalid_credential')
})

test('signing out clears the cookie where it was set, and one from before the domain was set', async () => {
  const { cookie } = await given.signedIn(to, 'cookie')

  const answer = await to.send('POST', '/v1/sign-out', {
    cookie,
    headers: { 'sec-fetch-site': 'same-origin' },
  })

  assert.deepEqual(answer.headers.getSetCookie(), [
    `${NAME}=; Domain=example.com; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax`,
    '__Host-countersign_session=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax',
    '__Secure-countersign_refresh=; Path=/oauth/token; Max-Age=0; Secure; HttpOnly; SameSite=Strict',
  ])
  assertProblem(await me(cookie), 'invalid_credential')
})

test('a page of a sibling host that is not on the list is refused, with the token as well', async () => {
  const { cookie, csrf_token: token = '' } = await given.signedIn(to, 'cookie')
  const stranger = 'https://blog.example.com'

  for (const headers of [
    { 'sec-fetch-site': 'same-site', origin: stranger },
    { 'sec-fetch-site': 'same-site', origin: stranger, 'x-csrf-token': token },
    { origin: stranger, 'x-csrf-token': token },
    { 'sec-fetch-site': 'same-site', 'x-csrf-token': token },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'same-site', origin: 'null', 'x-csrf-token': token },
    { 'sec-fetch-site': 'same-site', origin: 'https://example.com', 'x-csrf-token': token },
  ] as Record<string, string>[]) {
    assertProblem(await revokeOthers(cookie, headers), 'csrf_refused')
  }
})

test('a page of a sibling host on the list needs the token of this very session', async () => {
  const { cookie, csrf_token: token = '' } = await given.signedIn(to, 'cookie')
  const other = await given.signedIn(to, 'cookie')
  const sibling = { 'sec-fetch-site': 'same-site', origin: SIBLING }

  assertProblem(await revokeOthers(cookie, sibling), 'csrf_refused')
  assertProblem(
    await revokeOthers(cookie, { ...sibling, 'x-csrf-token': other.csrf_token ?? '' }),
    'csrf_refused',
  )

  const answer = await revokeOthers(cookie, { ...sibling, 'x-csrf-token': token })
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('access-control-allow-origin'), SIBLING)
})

test('a page of a sibling host that is not on the list signs nobody in', async () => {
  const { email } = await given.person(to)
  const body = { email, password: given.PASSWORD }
  const headers = { 'sec-fetch-site': 'same-site', origin: 'https://blog.example.com' }

  assertProblem(await to.send('POST', '/v1/sign-in', { body, headers }), 'csrf_refused')
})

test('the API document names the cookie that is set here', async () => {
  const answer = await to.send('GET', '/openapi.json')

  assert.equal(given.at(answer.json, 'components', 'securitySchemes', 'session', 'name'), NAME)
})
