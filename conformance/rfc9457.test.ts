/** Problem documents (RFC 9457): every refusal outside of OAuth is one, and its type leads to a page. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, givenPerson, givenServer, type SendOptions } from './given.ts'

const given = await givenServer({ COUNTERSIGN_BODY_BYTES_MAX: '1024' })
const person = await givenPerson(given)

const MARK = 'mark-9f3a'
const asJson = { 'content-type': 'application/json' }
const key = given.adminKey
const bearer = person.accessToken
const password = 'wrong but long enough'

type Row = [what: string, status: number, method: string, path: string, options?: SendOptions]
const refusals: Row[] = [
  ['no credential', 401, 'GET', '/v1/me'],
  ['a bad credential', 401, 'GET', '/v1/me', { bearer: MARK }],
  ['two credentials', 400, 'GET', '/v1/me', { bearer, key }],
  ['a missing permission', 403, 'GET', '/v1/accounts', { bearer }],
  ['a path that is not there', 404, 'GET', `/v1/${MARK}`],
  ['an account that is not there', 404, 'GET', `/v1/accounts/${MARK}`, { key }],
  ['a key that is not there', 404, 'DELETE', `/v1/api-keys/${MARK}`, { key }],
  ['a method that the path does not know', 405, 'DELETE', '/v1/sign-in', { key }],
  ['an address that is taken', 409, 'POST', '/v1/sign-up', { body: { email: person.email, password } }],
  ['a body that is too large', 413, 'POST', '/v1/sign-in', { body: { email: MARK.repeat(200), password } }],
  ['a form where JSON is wanted', 415, 'POST', '/v1/sign-in', { form: { email: MARK, password } }],
  ['JSON that is broken', 400, 'POST', '/v1/sign-in', { raw: `{"email":"${MARK}`, headers: asJson }],
  [
    'a name that stands twice',
    400,
    'POST',
    '/v1/sign-in',
    { raw: `{"${MARK}":1,"${MARK}":2}`, headers: asJson },
  ],
  ['a member that is missing', 422, 'POST', '/v1/sign-in', { body: { email: MARK } }],
  [
    'a member that nobody knows',
    422,
    'POST',
    '/v1/sign-in',
    { body: { email: 'a@b.example', password, [MARK]: 1 } },
  ],
  ['a query that makes no sense', 422, 'GET', `/v1/audit?limit=${MARK}`, { key }],
  ['a wrong password', 401, 'POST', '/v1/sign-in', { body: { email: `${MARK}@example.com`, password } }],
  [
    'a password that is too short',
    422,
    'POST',
    '/v1/sign-up',
    { body: { email: `${MARK}@example.com`, password: 'short' } },
  ],
]

function assertProblem({ status, headers, text, json }: Answer, expected: number): void {
  assert.equal(status, expected, text)
  assert.match(headers.get('content-type') ?? '', /^application\/problem\+json(?:;|$)/)
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.equal(json.status, status)
  for (const name of ['type', 'title', 'detail', 'code', 'decision_id']) {
    assert.ok(typeof json[name] === 'string' && json[name] !== '', name)
  }
}

for (const [what, status, method, path, options] of refusals) {
  test(`§3: ${what} is answered ${status} with a problem document, and its type is a page about it`, async () => {
    const answer = await given.send(method, path, options)

    assertProblem(answer, status)
    const type = new URL(String(answer.json.type))
    assert.equal(type.origin, given.url)
    assert.ok(type.pathname.endsWith(`/${answer.json.code}`))
    const page = await given.send('GET', type.pathname)
    assert.equal(page.status, 200)
    assert.match(page.headers.get('content-type') ?? '', /^text\/html(?:;|$)/)
    assert.ok(page.text.includes(String(answer.json.code)))
  })

  test(`§5: what was sent does not come back where ${what} is refused`, async () => {
    const { text } = await given.send(method, path, options)

    assert.ok(!text.includes(MARK), text)
    assert.doesNotMatch(text, /node_modules|\.[cm]?[jt]s:\d+|sqlite|\/tmp\//i)
  })
}

test('§3.1: the same problem has the same type, title and detail each time, and an id of its own', async () => {
  const [first, second] = [await given.send('GET', '/v1/me'), await given.send('GET', '/v1/me/sessions')]

  const { decision_id: firstId, ...firstRest } = first.json
  const { decision_id: secondId, ...secondRest } = second.json
  assert.deepEqual(secondRest, firstRest)
  assert.notEqual(secondId, firstId)
})

test('§3.2: where fields are wrong, the extension member names each of them', async () => {
  const { json } = await given.send('POST', '/v1/sign-in', { body: { email: 7 } })

  assert.ok(Array.isArray(json.errors))
  assert.deepEqual(json.errors.map(({ path }) => path).toSorted(), ['email', 'password'])
})

test('§4: a type that is not there has no page', async () => {
  assertProblem(await given.send('GET', '/docs/errors/nonsense'), 404)
})

test('§3: the OAuth endpoints keep the form of RFC 6749', async () => {
  for (const path of ['/oauth/token', '/oauth/revoke', '/oauth/introspect']) {
    const { headers, json } = await given.post(path, {})
    assert.match(headers.get('content-type') ?? '', /^application\/json(?:;|$)/)
    assert.equal(typeof json.error, 'string')
    assert.equal(json.type, undefined)
  }
})
