/** Signing up: what is refused and why, who an address belongs to, and what a new account may do. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { inside } from './inside.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { send, adminKey } = shared.given

const PATH = '/v1/sign-up'
const password = given.PASSWORD

async function findAccounts(email: string): Promise<unknown[]> {
  const answer = await send('GET', `/v1/accounts?email=${encodeURIComponent(email)}`, { key: adminKey })
  return Array.isArray(answer.json.items) ? answer.json.items : []
}

const refusedPasswords: readonly [why: string, password: string, code: string][] = [
  ['fourteen characters', 'seven quiet ot', 'password_too_short'],
  ['fourteen characters of four bytes', '🦦'.repeat(14), 'password_too_short'],
  ['lone surrogates, which are all one character', '\ud83d'.repeat(20), 'password_too_short'],
  ['257 characters', 'otters and more '.repeat(17).slice(0, 257), 'password_too_long'],
  ['what attackers try first', 'passwordpassword', 'password_too_common'],
  ['a walk on the keyboard', 'qwertyuiopasdfghjkl', 'password_too_common'],
  ['a digit, again and again', '111111111111111', 'password_too_common'],
  ['its own address', 'bartholomew.simson1', 'password_contains_context'],
  ['the name of the service', 'countersign2026!', 'password_contains_context'],
]

for (const [why, refused, code] of refusedPasswords) {
  test(`422 ${code} for ${why}, and no account is made`, async () => {
    const email = 'bartholomew.simson@example.com'

    const answer = await send('POST', PATH, { body: { email, password: refused } })

    assertProblem(answer, code)
    assert.deepEqual(await findAccounts(email), [])
  })
}

for (const email of [
  'nobody',
  'a@',
  '@example.com',
  'a b@example.com',
  'a@b@example.com',
  'a@example..com',
  'a@.example.com',
  'a@example.com.',
  `${'a'.repeat(65)}@example.com`,
  'a@exa\u0000mple.com',
  'a@example.com\r\nBcc: b@example.com',
  'a@example\u200b.com',
  'a,b@example.com',
  '<a@example.com>',
]) {
  test(`422 for the address ${JSON.stringify(email)}`, async () => {
    const answer = await send('POST', PATH, { body: { email, password } })

    assertProblem(answer, 'invalid_request')
  })
}

test('409 for every spelling of an address that is taken', async () => {
  await send('POST', PATH, { body: { email: 'josé.kim@example.com', password } })

  for (const email of [
    'josé.kim@example.com',
    'JOSÉ.Kim@EXAMPLE.com',
    'jose\u0301.kim@example.com',
    '  josé.kim@example.com ',
    // The Kelvin sign folds to k: a second account under it would get the first one's mail.
    'josé.\u212aim@example.com',
  ]) {
    assertProblem(await send('POST', PATH, { body: { email, password } }), 'address_taken')
  }
  const found = await findAccounts('josé.kim@example.com')
  assert.equal(found.length, 1)
  assert.equal(given.at(found[0], 'email'), 'josé.kim@example.com')
})

test('one of twenty who sign up with one address at once gets it', async () => {
  const body = { email: 'race@example.com', password }

  const answers = await Promise.all(Array.from({ length: 20 }, () => send('POST', PATH, { body })))

  const statuses = answers.map(({ status }) => status).sort()
  assert.deepEqual(statuses, [201, ...Array<number>(19).fill(409)])
})

test('422 for members that would give rights, and no account is made', async () => {
  for (const extra of [
    { roles: ['administrator'] },
    { email_verified: true },
    { id: 'acc_01kf0rdqg0f5fc2d59nm1fnhmd' },
    { permissions: ['*'] },
    { disabled_at: null },
  ]) {
    const answer = await send('POST', PATH, { body: { email: 'grabber@example.com', password, ...extra } })

    assertProblem(answer, 'invalid_request')
  }
  assert.deepEqual(await findAccounts('grabber@example.com'), [])
})

test('422 for a name that would break a line of a log', async () => {
  for (const name of [
    'a\nb',
    'a\r\nX-Admin: 1',
    'a\u0000b',
    'a\u001b[31m',
    'a\u202eb',
    ' ',
    'a'.repeat(101),
  ]) {
    const answer = await send('POST', PATH, { body: { email: 'named@example.com', password, name } })

    assertProblem(answer, 'invalid_request')
  }
})

test('403 from a foreign page, whatever it says of itself', async () => {
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: given.ISSUER, 'sec-fetch-site': 'cross-site' },
  ] as Record<string, string>[]) {
    const answer = await send('POST', PATH, { headers, body: { email: 'csrf@example.com', password } })

    assertProblem(answer, 'csrf_refused')
  }
  assert.deepEqual(await findAccounts('csrf@example.com'), [])
})

test('403 while sign-up is closed, before a password is hashed or the store is asked', async (t) => {
  const { send, takeCalls } = await inside(t, { COUNTERSIGN_SIGN_UP: 'closed' })

  const answer = await send('POST', PATH, { body: { email: 'late@example.com', password } })

  assertProblem(answer, 'sign_up_closed')
  assert.deepEqual(takeCalls(), [])
})

test('no password is hashed that the policy refuses', async (t) => {
  const { send, takeCalls } = await inside(t)

  await send('POST', PATH, { body: { email: 'short@example.com', password: 'short' } })

  assert.deepEqual(takeCalls(), [])
})

test('429 after as many sign-ups as one address may make, and others go on', async (t) => {
  const { send, clock } = await given.authority(t, { COUNTERSIGN_RATE_LIMIT_SIGN_UP: '2/60' })
  const attempt = (n: number, address: string): Promise<given.Answer> =>
    send('POST', PATH, { address, encrypted: true, body: { email: `many-${n}@example.com`, password } })
  const first = await attempt(1, '192.0.2.1')
  await attempt(2, '192.0.2.1')

  const refused = await attempt(3, '192.0.2.1')
  const other = await attempt(3, '192.0.2.2')
  clock.advance(60)
  const later = await attempt(4, '192.0.2.1')

  assert.equal(first.headers.get('ratelimit'), '"sign_up";r=1;t=60')
  assert.equal(first.headers.get('ratelimit-policy'), '"sign_up";q=2;w=60')
  assertProblem(refused, 'rate_limited')
  assert.equal(refused.headers.get('retry-after'), '60')
  assert.equal(refused.headers.get('ratelimit'), '"sign_up";r=0;t=60')
  assert.equal(other.status, 201)
  assert.equal(later.status, 201)
})

test('201 for long, spaced, plain and foreign passwords: length counts and nothing else', async () => {
  const accepted = [
    'lowercaselettersonlyxyz',
    'seven quiet otters',
    '🦦🐢🦔🦉🐙🐝🐞🦋🐌🦀🦞🐡🐬🐳🦭',
    'שבע לוטרות שקטות מאוד',
    `${'otters swim far '.repeat(4)}`,
    '🦦🐢'.repeat(64),
    '🦦🐢'.repeat(128),
  ]
  for (const [index, text] of accepted.entries()) {
    const email = `long-${index}@example.com`

    const made = await send('POST', PATH, { body: { email, password: text } })
    const signedIn = await send('POST', '/v1/sign-in', { body: { email, password: text } })

    assert.equal(made.status, 201, made.text)
    assert.equal(signedIn.status, 200)
  }
})

test('201 with a member’s role and nothing more, and no credential yet', async () => {
  const email = 'Plain.Person@Example.com'

  const answer = await send('POST', PATH, { body: { email, password, name: ' Plain Person ' } })

  assert.equal(answer.status, 201)
  assert.deepEqual(answer.headers.getSetCookie(), [])
  const { account } = answer.json
  assert.deepEqual(account, {
    id: given.at(account, 'id'),
    email: 'plain.person@example.com',
    name: 'Plain Person',
    email_verified: false,
    created_at: new Date(shared.given.clock.nowMs()).toISOString(),
  })
  const [found] = await findAccounts('plain.person@example.com')
  assert.deepEqual(Reflect.get(Object(found), 'roles'), ['member'])
})
