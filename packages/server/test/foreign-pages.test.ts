/** What pages of other origins can do with a browser that is signed in here: frame nothing, send nothing, find nothing in a cache. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { AnyRoute } from '../src/http/route.ts'
import { routes } from '../src/routes/table.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { goodRequest, makeIds, pathOf, queryOf, stored } from './walk.ts'

const shared = await given.openAuthority({
  ...given.UNLIMITED,
  COUNTERSIGN_CLIENT_REGISTRATION: 'open',
  COUNTERSIGN_CLIENT_DOCUMENTS: 'on',
  COUNTERSIGN_TRUSTED_DEVICE_DAYS: '30',
})
after(shared.close)
const { authority, adminAccount, adminKey, send } = shared.given

const FOREIGN = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }
const isUnsafe = ({ method }: AnyRoute): boolean => method !== 'GET'

/** A request that the route would take, by the cookies of a browser. */
function byCookie(route: AnyRoute, cookie: string): given.SendOptions {
  const { key: _, ...rest } = goodRequest(route, '')
  return { ...rest, cookie, headers: FOREIGN }
}

async function givenAdministrator(): Promise<string> {
  const { id, email } = await given.person(shared.given)
  const body = { roles: ['administrator'] }
  const changed = await send('PATCH', `/v1/accounts/${id}`, { key: adminKey, body })
  assert.equal(changed.status, 200, changed.text)
  return (await given.signedIn(shared.given, 'cookie', email)).cookie
}

/** Routes that a session in a cookie opens; those of OAuth ask clients, who have no cookies. */
const guarded = routes.filter((route) => route.access !== 'public' && route.errorForm !== 'oauth')

test('an administrator’s cookie, sent along by a foreign page, moves no route that changes anything', async () => {
  const ids = await makeIds(shared.given)
  const cookie = await givenAdministrator()
  const before = stored(authority.config)
  const unsafe = guarded.filter(isUnsafe)

  for (const route of unsafe) {
    assertProblem(await send(route.method, pathOf(route, ids), byCookie(route, cookie)), 'csrf_refused')
  }

  assert.deepEqual(stored(authority.config), before)
  assert.equal((await send('GET', '/v1/me', { cookie })).status, 200)
  const names = new Set(unsafe.map(({ name }) => name))
  for (const name of [
    'create_initial_access_token',
    'end_initial_access_token',
    'create_invitation',
    'resend_invitation',
    'revoke_invitation',
    'disown_own_session',
    'disown_session',
    'forget_own_device',
    'forget_own_devices',
    'bulk_accounts',
    'bulk_clients',
  ]) {
    assert.ok(names.has(name), `${name} is none of the routes that were tried.`)
  }
})

test('a foreign page registers clients like any program, and with nothing of the browser', async () => {
  const cookie = await givenAdministrator()
  const body = { redirect_uris: ['https://evil.example/callback'], client_name: 'kittens' }

  const answer = await send('POST', '/oauth/register', { body, cookie, headers: FOREIGN })

  assert.equal(answer.headers.getSetCookie().length, 0)
  assert.equal(answer.headers.get('access-control-allow-credentials'), null)
  const { items } = (await send('GET', '/v1/clients?limit=200', { key: adminKey })).json
  const kittens = Array.isArray(items) ? items.filter(({ name }) => name === 'kittens') : []
  assert.equal(kittens.length, answer.status === 201 ? 1 : 0)
  for (const one of kittens) assert.equal(one.registration, 'self', 'Nobody vouches for it.')
})

test('“this wasn’t me” and an invitation ask for what their links end with, whatever the browser has', async () => {
  const { cookie } = await given.signedIn(shared.given, 'cookie')
  const form = { ticket: 'x'.repeat(43) }
  const before = keptOf()

  const notMe = await send('POST', '/not-me', { form, cookie, headers: FOREIGN })
  const accepted = await send('POST', '/v1/invitations/accept', {
    body: { ...form, password: given.PASSWORD },
    cookie,
    headers: FOREIGN,
  })

  assert.equal(notMe.status, 400)
  assertProblem(accepted, 'csrf_refused')
  assert.deepEqual(keptOf(), before)
  assert.equal((await send('GET', '/v1/me', { cookie })).status, 200)
})

/** All but the audit log, which tells of a link that was none. */
function keptOf(): object {
  const { audit_events: _, ...rest } = stored(authority.config)
  return rest
}

test('no answer of any route can be framed, and none that is somebody’s is kept in a cache', async () => {
  const ids = { ...(await makeIds(shared.given)), '/v1/accounts': adminAccount }
  for (const route of routes) {
    const good = isUnsafe(route) ? {} : goodRequest(route, adminKey)
    const answer = await send(route.method, `${pathOf(route, ids)}${queryOf(route)}`, good)

    const policy = answer.headers.get('content-security-policy') ?? ''
    assert.match(policy, /frame-ancestors 'none'/, route.name)
    const kept = answer.headers.get('cache-control') ?? ''
    if (!isForEverybody(route)) assert.equal(kept, 'no-store', route.name)
    else assert.match(kept, /^(?:public, max-age=\d+(?:, immutable)?|no-store)$/, route.name)
  }
})

/** Metadata, documents and the files of the pages: the same for whoever asks. */
const isForEverybody = ({ path }: AnyRoute): boolean =>
  path.startsWith('/.well-known/') || path.startsWith('/assets/') || path.startsWith('/docs/')

test('each hosted page can be framed by nobody, sends its forms home only, and is kept nowhere', async () => {
  const pages = [
    '/sign-in',
    '/not-me',
    `/not-me?ticket=${'x'.repeat(43)}`,
    '/accept-invitation',
    '/forgot-password',
    '/device',
    '/console/registration',
    '/console/people',
    '/account/security',
    '/oauth/authorize?client_id=https%3A%2F%2Fevil.example%2Fapp.json',
    '/nowhere-at-all',
  ]
  for (const path of pages) {
    const answer = await send('GET', path, { headers: { accept: 'text/html' } })

    const policy = answer.headers.get('content-security-policy') ?? ''
    assert.match(policy, /frame-ancestors 'none'/, path)
    assert.doesNotMatch(policy, /unsafe-|\*|data:/, path)
    assert.equal(answer.headers.get('cache-control'), 'no-store', path)
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', path)
    if (answer.headers.get('content-type')?.startsWith('text/html') === true) {
      assert.match(policy, /form-action|default-src 'none'/, path)
    }
  }
})
