/** Requests by cookie: every combination of what a browser may say about where they come from. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { assertOAuthError, assertProblem } from './contract.ts'
import * as given from './given.ts'

const ALLOWED = 'https://app.example'
const shared = await given.openAuthority({ ...given.UNLIMITED, COUNTERSIGN_ALLOWED_ORIGINS: ALLOWED })
after(shared.close)
const { send } = shared.given

const { cookie, csrf_token: csrf = '', session } = await given.signedIn(shared.given, 'cookie')
const other = await given.signedIn(shared.given, 'cookie')

const sites = [null, 'same-origin', 'same-site', 'cross-site', 'none', 'SAME-ORIGIN', 'nonsense'] as const
const origins = [
  null,
  given.ISSUER,
  ALLOWED,
  'https://evil.example',
  'http://localhost:4001',
  'null',
] as const
const tokens = [null, csrf, other.csrf_token ?? '', `${csrf}x`, ''] as const
const types = ['application/json', 'text/plain', 'application/x-www-form-urlencoded', null] as const

/** Written anew from the requirement and not from the code: who proves the same origin needs nothing else. */
function isAllowed(site: string | null, origin: string | null, token: string | null): boolean {
  const knowsToken = token === csrf
  if (origin === ALLOWED) return knowsToken
  if (origin !== null && origin !== given.ISSUER) return false
  if (site !== null) return site === 'same-origin'
  return origin === given.ISSUER || knowsToken
}

function headersOf(parts: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parts).filter((part): part is [string, string] => part[1] !== null),
  )
}

interface Case {
  site: (typeof sites)[number]
  origin: (typeof origins)[number]
  token: string | null
  type: (typeof types)[number]
}

const cases: Case[] = sites.flatMap((site) =>
  origins.flatMap((origin) =>
    tokens.flatMap((token) => types.map((type) => ({ site, origin, token, type }))),
  ),
)

/** Routes that would do harm, each answered 404 or 422 when it gets past the check, so that nothing changes. */
const unsafe: readonly [method: string, path: string][] = [
  ['POST', '/v1/revocations'],
  ['DELETE', '/v1/me/sessions/ses_01kf0rdqg06p1nem1shv2ssrmr'],
  ['PATCH', '/v1/api-keys/key_01kf0rdqg06p1nem1shv2ssrmr'],
]

for (const [method, path] of unsafe) {
  test(`${method} ${path} by cookie is refused wherever the browser does not prove this origin`, async () => {
    for (const { site, origin, token, type } of cases) {
      const headers = headersOf({
        'sec-fetch-site': site,
        origin,
        'x-csrf-token': token,
        'content-type': type,
      })
      const answer = await send(method, path, { cookie, headers, ...(method !== 'DELETE' && { raw: '{}' }) })

      const words = JSON.stringify({ site, origin, token: token === csrf ? 'own' : token, type })
      if (!isAllowed(site, origin, token)) assertProblem(answer, 'csrf_refused')
      else if (method === 'DELETE') assert.equal(answer.json.code, 'not_found', words)
      else if (type !== 'application/json') assert.equal(answer.json.code, 'unsupported_media_type', words)
      else assert.notEqual(answer.json.code, 'csrf_refused', words)
    }
    assert.equal((await send('GET', '/v1/me', { cookie })).status, 200)
  })
}

test('another session’s token opens nothing, and neither does one’s own after the session ended', async () => {
  const mine = await given.signedIn(shared.given, 'cookie')
  const headers = { 'x-csrf-token': mine.csrf_token ?? '' }

  assertProblem(await send('POST', '/v1/sign-out', { cookie, headers }), 'csrf_refused')
  assert.equal((await send('POST', '/v1/sign-out', { cookie: mine.cookie, headers })).status, 204)
  assertProblem(await send('POST', '/v1/sign-out', { cookie: mine.cookie, headers }), 'invalid_credential')
})

test('reading by cookie needs nothing, and shows nothing to pages of other origins', async () => {
  const answer = await send('GET', '/v1/me', {
    cookie,
    headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  })

  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('access-control-allow-origin'), null)
  assert.equal(answer.headers.get('vary'), 'Origin')
})

test('a credential in a header needs no proof of origin, since no page can make a browser send it', async () => {
  const { session_token: bearer = '' } = await given.signedIn(shared.given, 'session_token')
  const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }

  const answer = await send('POST', '/v1/sign-out', { bearer, headers })

  assert.equal(answer.status, 204)
})

test('a bad header beside a good cookie is refused as bad, and the cookie is not used in its place', async () => {
  const answer = await send('POST', '/v1/sign-out', {
    cookie,
    headers: { authorization: 'Bearer nonsense', 'sec-fetch-site': 'same-origin' },
  })

  assertProblem(answer, 'invalid_credential')
  const still = await send('GET', '/v1/me', { cookie })
  assert.equal(given.at(still.json, 'credential', 'id'), session.id)
})

const signInWithRefreshCookie = async (): Promise<string> => {
  const { email } = await given.person(shared.given)
  const answer = await send('POST', '/v1/sign-in', {
    body: { email, password: given.PASSWORD, deliver: 'jwt', refresh: 'cookie' },
  })
  return (answer.headers.getSetCookie()[0] ?? '').split(';')[0] ?? ''
}
const refresh = (refreshCookie: string, headers: Record<string, string>): Promise<given.Answer> =>
  send('POST', '/oauth/token', {
    cookie: refreshCookie,
    headers,
    form: { grant_type: 'refresh_token', client_id: 'first-party' },
  })

test('a refresh by cookie from a foreign page is refused and uses nothing up', async () => {
  const refreshCookie = await signInWithRefreshCookie()

  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: given.ISSUER, 'sec-fetch-site': 'cross-site' },
  ] as Record<string, string>[]) {
    const answer = await refresh(refreshCookie, headers)

    assertOAuthError(answer, 'invalid_request')
    assert.deepEqual(answer.headers.getSetCookie(), [])
  }
  const own = await refresh(refreshCookie, { origin: given.ISSUER, 'sec-fetch-site': 'same-origin' })
  assert.equal(own.status, 200, own.text)
  assert.equal(own.json.refresh_token, undefined)
  assert.match(own.headers.getSetCookie()[0] ?? '', /^__Secure-countersign_refresh=cs_reflive_/)
})
