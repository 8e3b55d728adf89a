/** Signing in: refusals that say nothing, the three deliveries, and whole passwords. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { type Inside, inside } from './inside.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { send, adminKey } = shared.given

const PATH = '/v1/sign-in'
const password = given.PASSWORD

/** What a stranger can tell an answer by: everything but the decision's id. */
function look({ status, headers, json }: given.Answer): unknown {
  const { decision_id: id, ...rest } = json
  return { status, headers: [...headers], rest, idLength: String(id).length }
}

async function makePeople(to: Pick<Inside, 'send' | 'adminKey'>): Promise<void> {
  const sign = (email: string): Promise<given.Answer> =>
    to.send('POST', '/v1/sign-up', { body: { email, password } })
  await sign('known@example.com')
  for (const [email, body] of [
    ['disabled@example.com', { disabled: true }],
    ['ended@example.com', null],
  ] as const) {
    const path = `/v1/accounts/${given.at((await sign(email)).json, 'account', 'id')}`
    if (body === null) await to.send('DELETE', path, { key: to.adminKey })
    else await to.send('PATCH', path, { key: to.adminKey, body })
  }
}

const attempts: readonly [who: string, email: string, password: string][] = [
  ['a wrong password', 'known@example.com', 'another quiet otter'],
  ['an unknown address', 'unknown@example.com', password],
  ['what is no address', 'unknown', password],
  ['a disabled account with the right password', 'disabled@example.com', password],
  ['a disabled account with a wrong one', 'disabled@example.com', 'another quiet otter'],
  ['an account that was ended', 'ended@example.com', password],
]

test('401 looks the same to the byte for a wrong password and for accounts that nobody has', async (t) => {
  const to = await inside(t)
  await makePeople(to)
  const looks: unknown[] = []
  for (const [index, [, email, tried]] of attempts.entries()) {
    // Each from an address of its own, or the counters would tell them apart.
    const address = `127.0.0.${index + 10}`
    const answer = await to.send('POST', PATH, { address, body: { email, password: tried } })
    assertProblem(answer, 'invalid_credentials')
    looks.push(look(answer))
  }

  for (const one of looks) assert.deepEqual(one, looks[0])
})

test('a refusal costs one password hash, two reads, one count and one event, whoever it is', async (t) => {
  const to = await inside(t)
  await makePeople(to)

  for (const [who, email, tried] of attempts) {
    to.takeCalls()
    await to.send('POST', PATH, { body: { email, password: tried } })

    assert.deepEqual(
      to.takeCalls(),
      ['store.readSignIn', 'store.takeSignInTry', 'passwords.verify', 'store.readRisk', 'store.appendAudit'],
      who,
    )
  }
})

test('a refusal’s event names the account where there is one, and never what was typed', async (t) => {
  const to = await inside(t)
  await makePeople(to)
  for (const [, email, tried] of attempts) await to.send('POST', PATH, { body: { email, password: tried } })

  const events = await to.send('GET', '/v1/audit?type=sign_in.refused', { key: to.adminKey })

  assert.equal((events.json.items as unknown[]).length, attempts.length)
  for (const typed of ['@example.com', 'unknown@', password, 'another quiet otter']) {
    assert.ok(!events.text.includes(typed))
    assert.ok(!to.lines.some((line) => line.includes(typed)))
  }
})

test('429 for one account after twenty sign-ins from anywhere, but not on a device of its own', async (t) => {
  const { send } = await given.authority(t)
  const { email } = await given.person({ send })
  const attempt = (index: number, cookie = ''): Promise<given.Answer> => {
    const spelled = [email, email.toUpperCase(), ` ${email} `][index % 3]
    return send('POST', PATH, { cookie, address: `127.0.1.${index}`, body: { email: spelled, password } })
  }
  const first = await attempt(0)
  for (let index = 1; index < 20; index += 1) assert.equal((await attempt(index)).status, 200)

  const refused = await attempt(20)
  const device = first.headers.getSetCookie()[1]?.split(';')[0] ?? ''
  const known = await attempt(21, device)

  assertProblem(refused, 'rate_limited')
  assert.equal(refused.headers.get('retry-after'), '60')
  assert.equal(known.status, 200)
})

test('429 for one address after its attempts on many accounts, also with the right password', async (t) => {
  const { send } = await given.authority(t, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: '5/60' })
  for (let index = 0; index < 5; index += 1) {
    await send('POST', PATH, { body: { email: `stuffing-${index}@example.com`, password } })
  }

  const refused = await send('POST', PATH, { body: { email: 'admin@example.com', password } })
  const elsewhere = await send('POST', PATH, {
    address: '127.0.0.2',
    body: { email: 'admin@example.com', password },
  })

  assertProblem(refused, 'rate_limited')
  assert.equal(elsewhere.status, 200)
})

test('403 from a foreign page: nobody is signed in to somebody else’s account', async () => {
  const { email } = await given.person(shared.given)

  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: given.ISSUER },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'nonsense' },
  ] as Record<string, string>[]) {
    const answer = await send('POST', PATH, { headers, body: { email, password } })

    assertProblem(answer, 'csrf_refused')
    assert.deepEqual(answer.headers.getSetCookie(), [])
  }
  const own = await send('POST', PATH, {
    headers: { origin: given.ISSUER, 'sec-fetch-site': 'same-origin' },
    body: { email, password },
  })
  assert.equal(own.status, 200)
})

test('415 for a form and for plain text, which pages may send anywhere without asking', async () => {
  const { email } = await given.person(shared.given)
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    const answer = await send('POST', PATH, {
      headers: { 'content-type': type },
      raw: JSON.stringify({ email, password }),
    })

    assertProblem(answer, 'unsupported_media_type')
  }
})

test('a password is compared whole: no cut, no other case, no trimming', async () => {
  const email = 'whole@example.com'
  const whole =
    'Seven quiet otters swim far beyond the sunken pier at dawn while nobody else is there to see them'
  await send('POST', '/v1/sign-up', { body: { email, password: whole } })

  for (const other of [
    whole.slice(0, 64),
    whole.slice(0, 72),
    whole.slice(0, -1),
    `${whole} `,
    ` ${whole}`,
    whole.toLowerCase(),
    `${whole}\u0000`,
  ]) {
    assertProblem(await send('POST', PATH, { body: { email, password: other } }), 'invalid_credentials')
    assert.equal((await send('POST', PATH, { body: { email, password: whole } })).status, 200)
  }
})

test('200 for another spelling of the same letters, in the address and in the password', async () => {
  await send('POST', '/v1/sign-up', {
    body: { email: 'zoë@example.com', password: 'un été à la crêperie' },
  })

  for (const [email, text] of [
    ['ZOË@example.com', 'un été à la crêperie'],
    ['zoe\u0308@EXAMPLE.com', 'un e\u0301te\u0301 a\u0300 la cre\u0302perie'],
    [' zoë@example.com ', 'un e\u0301té à la crêperie'],
  ]) {
    assert.equal((await send('POST', PATH, { body: { email, password: text } })).status, 200)
  }
})

test('200 again after a disabled account was enabled, and 401 after it was ended', async () => {
  const { email, id } = await given.person(shared.given)
  const attempt = (): Promise<given.Answer> => send('POST', PATH, { body: { email, password } })
  const change = (disabled: boolean): Promise<given.Answer> =>
    send('PATCH', `/v1/accounts/${id}`, { key: adminKey, body: { disabled } })
  await change(true)
  assert.equal((await attempt()).status, 401)

  await change(false)

  assert.equal((await attempt()).status, 200)
  await send('DELETE', `/v1/accounts/${id}`, { key: adminKey })
  assert.equal((await attempt()).status, 401)
})

test('an address of an ended account is free again, and what its next owner gets is another account', async () => {
  const { email, id } = await given.person(shared.given)
  await send('DELETE', `/v1/accounts/${id}`, { key: adminKey })

  const next = await send('POST', '/v1/sign-up', { body: { email, password: 'other quiet otters' } })

  assert.equal(next.status, 201)
  assert.notEqual(given.at(next.json, 'account', 'id'), id)
  assertProblem(await send('POST', PATH, { body: { email, password } }), 'invalid_credentials')
})

const SESSION_COOKIE =
  /^__Host-countersign_session=cs_seslive_[0-9a-z]{26}_[0-9A-Za-z]{49}; Path=\/; Max-Age=86400; Secure; HttpOnly; SameSite=Lax$/
const REFRESH_COOKIE =
  /^__Secure-countersign_refresh=cs_reflive_[0-9a-z]{26}_[0-9A-Za-z]{49}; Path=\/oauth\/token; Max-Age=2592000; Secure; HttpOnly; SameSite=Strict$/

const namesOf = (cookies: readonly string[]): readonly string[] =>
  cookies.map((cookie) => cookie.split('=')[0] ?? '')

test('by cookie the session stands in Set-Cookie alone, as narrow as a cookie can be', async () => {
  const { email } = await given.person(shared.given)

  const answer = await send('POST', PATH, { body: { email, password } })

  const [cookie = '', ...others] = answer.headers.getSetCookie()
  assert.match(cookie, SESSION_COOKIE)
  assert.deepEqual(namesOf(others), ['__Host-countersign_device'])
  assert.deepEqual(Object.keys(answer.json), ['status', 'account', 'session', 'csrf_token'])
  const secret = /_([0-9A-Za-z]{49});/.exec(cookie)?.[1] ?? '-'
  assert.ok(!answer.text.includes(secret))
})

test('as a session token or as a JWT it stands in the body alone', async () => {
  const { email } = await given.person(shared.given)
  const sign = (deliver: string): Promise<given.Answer> =>
    send('POST', PATH, { body: { email, password, deliver } })

  const opaque = await sign('session_token')
  const jwt = await sign('jwt')

  assert.deepEqual(opaque.headers.getSetCookie(), [])
  assert.deepEqual(Object.keys(opaque.json), ['status', 'account', 'session', 'session_token'])
  assert.deepEqual(jwt.headers.getSetCookie(), [])
  assert.deepEqual(Object.keys(jwt.json), [
    'status',
    'account',
    'session',
    'access_token',
    'token_type',
    'expires_in',
    'refresh_token',
  ])
  assert.equal(jwt.json.expires_in, 900)
})

test('a refresh token for browsers stands in a cookie that goes to the token endpoint alone', async () => {
  const { email } = await given.person(shared.given)

  const answer = await send('POST', PATH, { body: { email, password, deliver: 'jwt', refresh: 'cookie' } })

  const [cookie = '', ...others] = answer.headers.getSetCookie()
  assert.match(cookie, REFRESH_COOKIE)
  assert.deepEqual(namesOf(others), ['__Host-countersign_device'])
  assert.equal(answer.json.refresh_token, undefined)
})

test('a session that the browser brought along is not taken over: each sign-in makes its own', async () => {
  const { email } = await given.person(shared.given)
  const planted = await given.signedIn(shared.given, 'cookie')

  const answer = await send('POST', PATH, {
    cookie: planted.cookie,
    headers: { 'sec-fetch-site': 'same-origin' },
    body: { email, password },
  })

  const [cookie = ''] = answer.headers.getSetCookie()
  assert.notEqual(cookie.split(';')[0], planted.cookie)
  assert.notEqual(given.at(answer.json, 'session', 'id'), planted.session.id)
})
