/** Where a credential may stand in a request, which one counts when there are several, and what is never looked at. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { headerReader } from '../src/http/from-node.ts'
import { fromRequest } from '../src/http/from-request.ts'
import { assertProblem, RESOURCE_METADATA } from './contract.ts'
import * as given from './given.ts'
import { type Inside, inside } from './inside.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { send, adminKey } = shared.given

const { email } = await given.person(shared.given)
const byCookie = await given.signedIn(shared.given, 'cookie', email)
const opaque = await given.signedIn(shared.given, 'session_token', email)
const jwt = await given.signedIn(shared.given, 'jwt', email)
const key = (await given.keyOf(shared.given, [])).secret
const session = opaque.session_token ?? ''
const access = jwt.access_token ?? ''
const refresh = jwt.refresh_token ?? ''
const cookieName = '__Host-countersign_session'
const cookieToken = byCookie.cookie.slice(cookieName.length + 1)

type Sent = Record<string, string>
const me = (headers: Sent): Promise<given.Answer> => send('GET', '/v1/me', { headers })

const good: readonly [what: string, headers: Sent, kind: string][] = [
  ['a session token as Bearer', { authorization: `Bearer ${session}` }, 'session'],
  ['an access token as Bearer', { authorization: `Bearer ${access}` }, 'access_token'],
  ['the scheme in another case', { authorization: `bEaReR ${access}` }, 'access_token'],
  ['more than one space behind the scheme', { authorization: `Bearer   ${access}` }, 'access_token'],
  ['a key as ApiKey', { authorization: `ApiKey ${key}` }, 'api_key'],
  ['the scheme apikey in lower case', { authorization: `apikey ${key}` }, 'api_key'],
  ['a key as X-API-Key', { 'x-api-key': key }, 'api_key'],
  ['the session cookie', { cookie: byCookie.cookie }, 'session'],
  ['the cookie among others', { cookie: `a=b; ${byCookie.cookie}; theme=dark` }, 'session'],
  ['a header beside the cookie', { cookie: byCookie.cookie, 'x-api-key': key }, 'api_key'],
]

for (const [what, headers, kind] of good) {
  test(`200 for ${what}`, async () => {
    const answer = await me(headers)

    assert.equal(answer.status, 200, answer.text)
    assert.equal(given.at(answer.json, 'credential', 'kind'), kind)
  })
}

const bad: readonly [what: string, headers: Sent][] = [
  ['a key as Bearer', { authorization: `Bearer ${key}` }],
  ['a key in the session cookie', { cookie: `${cookieName}=${key}` }],
  ['an access token in the session cookie', { cookie: `${cookieName}=${access}` }],
  ['a session token as ApiKey', { authorization: `ApiKey ${session}` }],
  ['a session token as X-API-Key', { 'x-api-key': session }],
  ['an access token as X-API-Key', { 'x-api-key': access }],
  ['a refresh token as Bearer', { authorization: `Bearer ${refresh}` }],
  ['a refresh token in the session cookie', { cookie: `${cookieName}=${refresh}` }],
  ['a JWT session’s id as session token', { authorization: `Bearer ${jwt.session.id}` }],
  ['Basic', { authorization: `Basic ${Buffer.from(`${email}:${given.PASSWORD}`).toString('base64')}` }],
  ['Basic with a key as name', { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` }],
  ['DPoP without a proof', { authorization: `DPoP ${access}` }],
  ['no scheme', { authorization: session }],
  ['a scheme alone', { authorization: 'Bearer' }],
  ['two credentials in one header', { authorization: `Bearer ${session} ${access}` }],
  ['two joined headers', { authorization: `Bearer ${session}, Bearer ${session}` }],
  ['two joined keys', { 'x-api-key': `${key}, ${key}` }],
  ['a tab behind the scheme', { authorization: `Bearer\t${session}` }],
  ['quotes', { authorization: `Bearer "${session}"` }],
  ['a key in quotes', { 'x-api-key': `"${key}"` }],
  ['an overlong credential', { authorization: `Bearer ${'a'.repeat(8193)}` }],
  ['an overlong key', { 'x-api-key': `${key}${'A'.repeat(9000)}` }],
  ['one character more', { authorization: `Bearer ${session}A` }],
  ['one character less', { authorization: `Bearer ${session.slice(0, -1)}` }],
  ['another case', { authorization: `Bearer ${session.toUpperCase()}` }],
  ['a wrong checksum', { 'x-api-key': `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}` }],
  ['another prefix', { 'x-api-key': `gh${key.slice(2)}` }],
  ['the environment test', { 'x-api-key': key.replace('_keylive_', '_keytest_') }],
  ['the cookie twice', { cookie: `${byCookie.cookie}; ${byCookie.cookie}` }],
  ['the cookie twice, once empty', { cookie: `${cookieName}=; ${byCookie.cookie}` }],
  ['the cookie in quotes', { cookie: `${cookieName}="${cookieToken}"` }],
  ['an empty cookie', { cookie: `${cookieName}=` }],
]

for (const [what, headers] of bad) {
  test(`401 for ${what}, with the same words as for every bad credential`, async () => {
    const answer = await me(headers)

    assertProblem(answer, 'invalid_credential')
    const challenge = answer.headers.get('www-authenticate')
    assert.equal(challenge, `Bearer realm="countersign", error="invalid_token", ${RESOURCE_METADATA}`)
  })
}

for (const name of [
  '__host-countersign_session',
  '__HOST-countersign_session',
  'countersign_session',
  '__Secure-countersign_session',
  '__Host-countersign_session ',
  '$Version',
]) {
  test(`a cookie named ${JSON.stringify(name)} is not the session cookie`, async () => {
    assertProblem(await me({ cookie: `${name}=${cookieToken}` }), 'credential_required')
  })
}

test('401 without an error code when nothing was presented', async () => {
  const answer = await me({})

  assertProblem(answer, 'credential_required')
  assert.equal(answer.headers.get('www-authenticate'), `Bearer realm="countersign", ${RESOURCE_METADATA}`)
})

test('400 for two headers with a credential each, good or bad, the same or not', async () => {
  for (const headers of [
    { authorization: `Bearer ${session}`, 'x-api-key': key },
    { authorization: `ApiKey ${key}`, 'x-api-key': key },
    { authorization: 'Bearer nonsense', 'x-api-key': key },
    { authorization: `Bearer ${session}`, 'x-api-key': 'nonsense' },
    { authorization: '', 'x-api-key': key },
    { authorization: `Bearer ${session}`, 'x-api-key': '', cookie: byCookie.cookie },
  ]) {
    assertProblem(await me(headers), 'multiple_credentials')
  }
})

test('a bad header is never rescued by a good cookie', async () => {
  for (const header of [
    { authorization: 'Bearer nonsense' },
    { authorization: '' },
    { authorization: `Basic ${Buffer.from('a:b').toString('base64')}` },
    { 'x-api-key': '' },
    { 'x-api-key': 'nonsense' },
    { authorization: `Bearer ${key}` },
  ] as Sent[]) {
    assertProblem(await me({ ...header, cookie: byCookie.cookie }), 'invalid_credential')
  }
})

test('headers that were sent twice are refused whether the runtime joins or keeps them', async () => {
  const request = new Request(`${given.ISSUER}/v1/me`)
  const incoming = fromRequest(request, { remoteAddress: '127.0.0.1' })
  const statusWith = async (headers: Record<string, string | string[]>): Promise<number> =>
    (await shared.given.authority.answer({ ...incoming, header: headerReader(headers) })).status
  for (const headers of [
    { 'x-api-key': [key, key] },
    { authorization: [`Bearer ${session}`, `Bearer ${session}`] },
    { authorization: `Bearer ${session}, Bearer ${access}` },
  ]) {
    assert.equal(await statusWith(headers), 401)
  }
  const split = { cookie: ['theme=dark', byCookie.cookie] }
  assert.notEqual(await statusWith(split), 500)
})

/** The note is written beside the answer; writes are done in order, so one more comes after it. */
const written = ({ services }: Inside): Promise<unknown> => services.core.store.pruneLog(0, 10_000)

const parameters = [
  'access_token',
  'token',
  'api_key',
  'apikey',
  'key',
  'X-API-Key',
  'session_token',
  'refresh_token',
  'anything',
]

for (const name of parameters) {
  test(`a credential in the URL as ${name} is ignored, and the audit log says that a client leaks`, async (t) => {
    const to = await inside(t)
    const secret = (await given.keyOf(to, [])).secret

    const answer = await to.send('GET', `/v1/me?${name}=${secret}`)
    await written(to)
    const events = await to.send('GET', '/v1/audit?type=credential.in_url', { key: to.adminKey })

    assertProblem(answer, 'credential_required')
    const items = events.json.items as Record<string, unknown>[]
    assert.equal(items.length, 1)
    assert.deepEqual(items[0]?.details, { route: 'me' })
    assert.equal(items[0]?.outcome, 'refused')
    const tail = secret.slice(-40)
    for (const text of [answer.text, events.text, ...to.lines]) assert.ok(!text.includes(tail))
  })
}

test('the same mistake a hundred times is written down a few times a minute', async (t) => {
  const to = await inside(t)
  for (let count = 0; count < 100; count += 1) await to.send('GET', '/v1/me?token=x')
  await written(to)

  const events = await to.send('GET', '/v1/audit?type=credential.in_url', { key: to.adminKey })

  assert.equal((events.json.items as unknown[]).length, 5)
})

test('a credential in a path or body of a request that needs one is no credential', async () => {
  assertProblem(await send('GET', `/v1/api-keys/${adminKey}`), 'credential_required')
  const body = { access_token: access, name: 'x', permissions: [] }
  assertProblem(await send('POST', '/v1/api-keys', { body }), 'credential_required')
  assertProblem(await send('POST', '/v1/api-keys', { form: { access_token: access } }), 'credential_required')
})
