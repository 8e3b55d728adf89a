/** One's own account: seen, renamed, what happened lately, and everything as one document. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { enrolTotp } from './authenticator.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'

const { given: to, close } = await given.openAuthority(given.UNLIMITED)
after(close)

const get = (path: string, bearer: string): Promise<given.Answer> => to.send('GET', path, { bearer })

async function person(): Promise<{ email: string; id: string; bearer: string }> {
  const { email, id } = await given.person(to)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', email)
  return { email, id, bearer }
}

const itemsOf = ({ json }: given.Answer): readonly Readonly<Record<string, unknown>>[] => {
  assert.ok(Array.isArray(json.items))
  return json.items
}

test('a key is not its owner: it sees and changes nothing here', async () => {
  const { bearer } = await person()
  const made = await to.send('POST', '/v1/api-keys', { bearer, body: { name: 'k', permissions: [] } })
  const key = given.at(made.json, 'secret')

  for (const path of ['/v1/me/account', '/v1/me/activity']) {
    assertProblem(await to.send('GET', path, { key }), 'permission_denied')
    assertProblem(await to.send('GET', path, { key: to.adminKey }), 'permission_denied')
  }
  assertProblem(await to.send('PATCH', '/v1/me', { key, body: { name: 'Eve' } }), 'permission_denied')
  assertProblem(await to.send('GET', '/v1/me/export', { key }), 'permission_denied')
})

test('the name is changed everywhere at once, and nothing else can be', async () => {
  const { bearer } = await person()
  const rename = (body: object): Promise<given.Answer> => to.send('PATCH', '/v1/me', { bearer, body })

  for (const body of [
    { name: '' },
    { name: 'a\u0000b' },
    { name: 'x'.repeat(500) },
    { email: 'x@example.com' },
    {},
  ]) {
    assertProblem(await rename(body), 'invalid_request')
  }
  for (const more of [{ roles: ['administrator'] }, { email_verified: true }, { disabled: false }]) {
    assertProblem(await rename({ name: 'Ada', ...more }), 'invalid_request')
  }
  const renamed = await rename({ name: ' Ada ' })

  assert.equal(given.at(renamed.json, 'account', 'name'), 'Ada')
  assert.equal(given.at((await get('/v1/me', bearer)).json, 'principal', 'name'), 'Ada')
  await rename({ name: null })
  const { account } = (await get('/v1/me/account', bearer)).json
  assert.ok(typeof account === 'object' && account !== null)
  assert.deepEqual(
    ['name', 'email_verified', 'roles'].map((field) => Reflect.get(account, field)),
    [null, false, ['member']],
  )
})

test('what happened is told page by page, also wrong passwords of others, and never who administers', async () => {
  const { email, id, bearer } = await person()
  const wrong = { email, password: 'not this one at all', deliver: 'session_token' }
  await to.send('POST', '/v1/sign-in', { body: wrong, address: '127.9.9.9' })
  await to.send('PATCH', `/v1/accounts/${id}`, { key: to.adminKey, body: { name: 'Renamed' } })
  const other = await person()
  await to.send('PATCH', '/v1/me', { bearer: other.bearer, body: { name: 'Other' } })

  const whole = itemsOf(await get('/v1/me/activity', bearer))
  const pages: unknown[] = []
  for (let cursor = ''; ; ) {
    const page = await get(`/v1/me/activity?limit=1${cursor}`, bearer)
    pages.push(...itemsOf(page))
    if (page.json.next_cursor === null) break
    cursor = `&cursor=${page.json.next_cursor}`
  }

  assert.deepEqual(pages, whole)
  const seen = whole.map(({ type, outcome, by, address }) => `${type} ${outcome} ${by} ${address}`).toSorted()
  assert.deepEqual(seen, [
    'account.changed success administrator null',
    'account.created success you 127.0.0.1',
    'session.opened success you 127.0.0.1',
    'sign_in.refused refused somebody 127.9.9.9',
  ])
  const opened = whole.find(({ type }) => type === 'session.opened')
  assert.match(String(opened?.session), /^ses_/)
  assert.doesNotMatch(JSON.stringify(whole), /svc_|key_|risk_score/)
})

test('the export wants a proof that is recent, and with a second factor as strong', async () => {
  const late = await person()
  const weak = await person()
  await enrolTotp(to, weak.bearer)
  assertProblem(await get('/v1/me/export', weak.bearer), 'insufficient_user_authentication')

  to.clock.advance(601)

  assertProblem(await get('/v1/me/export', late.bearer), 'insufficient_user_authentication')
})

test('the export holds all that is one’s own, nothing of others, and no secret', async () => {
  const { email, id, bearer } = await person()
  const made = await to.send('POST', '/v1/api-keys', { bearer, body: { name: 'mine', permissions: [] } })
  await person()

  const { status, json, text, headers } = await get('/v1/me/export', bearer)

  assert.equal(status, 200, text)
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.equal(given.at(json, 'account', 'email'), email)
  const counts = ['sessions', 'api_keys', 'devices', 'factors', 'consents', 'grants'].map((name) => {
    const list = json[name]
    return Array.isArray(list) ? list.length : null
  })
  assert.deepEqual(counts, [1, 1, 0, 0, 0, 0])
  assert.ok(Array.isArray(json.activity) && json.activity.length === 3)
  assert.deepEqual(
    text.match(/person-\d+@example\.com/g)?.filter((one) => one !== email),
    [],
  )
  for (const secret of [bearer, given.at(made.json, 'secret'), '$argon2']) assert.ok(!text.includes(secret))
  const events = itemsOf(
    await to.send('GET', `/v1/audit?type=account.exported&target=${id}`, { key: to.adminKey }),
  )
  assert.equal(events.length, 1)
})
