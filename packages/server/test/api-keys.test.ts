import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Answer, at, authority, type Given, keyOf, openAuthority, signedIn, UNLIMITED } from './given.ts'

const EXCHANGE = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token_type: 'urn:countersign:params:oauth:token-type:api-key',
}
const DAY = 86_400

test('a key that has expired is refused, and so is what was exchanged for it', async (t) => {
  const given = await authority(t, UNLIMITED)
  const key = await keyOf(given, ['gym:enter'], { expires_in: 300 })
  const token = await exchange(given, key.secret)

  given.clock.advance(299)
  assert.equal((await me(given, { key: key.secret })).status, 200)
  assert.equal((await me(given, { bearer: token })).status, 200)
  given.clock.advance(2)
  assert.equal((await me(given, { key: key.secret })).status, 401)
  // The token ended with its key; readers may be late by the leeway that their clocks are given.
  given.clock.advance(30)
  assert.equal((await me(given, { bearer: token })).status, 401)
})

test('a key with an address list works from there alone, in every spelling, and its tokens too', async (t) => {
  const given = await authority(t, UNLIMITED)
  const key = await keyOf(given, [], { allow_addresses: ['192.0.2.0/24', '2001:db8::/32'] })
  const token = await exchange(given, key.secret, '192.0.2.7')

  for (const address of ['192.0.2.1', '::ffff:192.0.2.1', '2001:db8::1', '2001:0DB8:0::0001']) {
    assert.equal((await me(given, { key: key.secret, address, encrypted: true })).status, 200, address)
    assert.equal((await me(given, { bearer: token, address, encrypted: true })).status, 200, address)
  }
  for (const address of ['192.0.3.1', '2001:db9::1', '::1', '127.0.0.1']) {
    for (const credential of [{ key: key.secret }, { bearer: token }]) {
      const answer = await me(given, { ...credential, address, encrypted: true })
      assert.equal(answer.status, 403, address)
      assert.equal(answer.json.code, 'credential_address_refused')
    }
  }
  const elsewhere = await given.send('POST', '/oauth/token', {
    form: { ...EXCHANGE, subject_token: key.secret },
    address: '198.51.100.1',
    encrypted: true,
  })
  assert.equal(elsewhere.status, 400)
})

test('a key over its rate is answered 429 with the time to wait, and its tokens share its limit', async (t) => {
  const given = await authority(t, UNLIMITED)
  const key = await keyOf(given, [], { rate_limit: { requests: 3, per_seconds: 60 } })
  const token = await exchange(given, key.secret)

  assert.equal((await me(given, { key: key.secret })).status, 200)
  assert.equal((await me(given, { bearer: token })).status, 200)
  const last = await me(given, { key: key.secret })
  assert.match(last.headers.get('ratelimit') ?? '', /^"api_key";r=0;t=\d+$/)
  for (const credential of [
    { key: key.secret },
    { bearer: token },
    { bearer: await exchange(given, key.secret) },
  ]) {
    const refused = await me(given, credential)
    assert.equal(refused.status, 429)
    assert.equal(refused.json.code, 'rate_limited')
    assert.ok(Number(refused.headers.get('retry-after')) >= 1)
    assert.equal(refused.headers.get('ratelimit-policy'), '"api_key";q=3;w=60')
  }
  given.clock.advance(61)
  assert.equal((await me(given, { key: key.secret })).status, 200)
})

test('after a rotation both secrets work until the overlap ends, and then the new one alone', async (t) => {
  const given = await authority(t, UNLIMITED)
  const key = await keyOf(given, [])
  const next = await rotate(given, key.id, 120)

  assert.equal((await me(given, { key: key.secret })).status, 200)
  assert.equal((await me(given, { key: next })).status, 200)
  const token = await exchange(given, key.secret)
  given.clock.advance(121)
  assert.equal((await me(given, { key: key.secret })).status, 401)
  assert.equal((await me(given, { key: next })).status, 200)
  given.clock.advance(30)
  assert.equal((await me(given, { bearer: token })).status, 401)
})

test('a rotation without overlap ends the old secret at once, with what was exchanged for it', async (t) => {
  const given = await authority(t, UNLIMITED)
  const key = await keyOf(given, [])
  const token = await exchange(given, key.secret)
  assert.equal((await me(given, { key: key.secret })).status, 200)
  const next = await rotate(given, key.id, 0)

  assert.equal((await me(given, { key: key.secret })).status, 401)
  assert.equal((await me(given, { bearer: token })).status, 401)
  assert.equal((await me(given, { key: next })).status, 200)
})

test('rotating in a loop does not pile up secrets', async (t) => {
  const given = await authority(t, UNLIMITED)
  const key = await keyOf(given, [])
  const statuses: number[] = []
  for (let count = 0; count < 6; count += 1) {
    const answer = await given.send('POST', `/v1/api-keys/${key.id}/rotate`, {
      key: given.adminKey,
      body: { overlap_seconds: DAY },
    })
    statuses.push(answer.status)
  }

  assert.deepEqual(statuses, [200, 200, 200, 409, 409, 409])
})

test('what a key is narrowed to reaches the tokens that were exchanged before', async (t) => {
  const given = await authority(t, UNLIMITED)
  const key = await keyOf(given, ['gym:enter', 'gym:leave'])
  const token = await exchange(given, key.secret)
  const body = { permissions: ['gym:leave'], resources: ['door:3'] }
  await given.send('PATCH', `/v1/api-keys/${key.id}`, { key: given.adminKey, body })

  assert.equal((await me(given, { bearer: token })).status, 401)
  assert.deepEqual((await me(given, { key: key.secret })).json.permissions, ['gym:leave'])
  const verdict = await given.send('POST', '/v1/verify', {
    key: given.adminKey,
    body: { credential: await exchange(given, key.secret) },
  })
  assert.deepEqual(verdict.json.resources, ['door:3'])
  assert.deepEqual(verdict.json.permissions, ['gym:leave'])
})

describe('on one authority', { concurrency: false }, () => {
  let given: Given
  let close: () => Promise<void>
  before(async () => {
    const opened = await openAuthority(UNLIMITED)
    given = opened.given
    close = opened.close
  })
  after(() => close())

  test('the secret is shown once: neither lists nor reads nor changes show it again', async () => {
    const key = await keyOf(given, [])
    const secretPart = key.secret.slice(-49)
    const answers = [
      await given.send('GET', `/v1/api-keys/${key.id}`, { key: given.adminKey }),
      await given.send('GET', '/v1/api-keys?owner=all', { key: given.adminKey }),
      await given.send('PATCH', `/v1/api-keys/${key.id}`, { key: given.adminKey, body: { name: 'other' } }),
    ]

    for (const answer of answers) {
      assert.equal(answer.status, 200)
      assert.ok(!answer.text.includes(secretPart))
    }
  })

  test('a key presented as bearer token or as cookie is refused', async () => {
    const key = await keyOf(given, [])
    assert.equal((await me(given, { bearer: key.secret })).status, 401)
    assert.equal((await me(given, { cookie: `__Host-countersign_session=${key.secret}` })).status, 401)
    assert.equal((await me(given, { headers: { authorization: `ApiKey ${key.secret}` } })).status, 200)
    // Warm, the answer is the same: a verdict in memory is not a way around the header that it came by.
    assert.equal((await me(given, { bearer: key.secret })).status, 401)
  })

  test('a session token presented as API key is refused, also when its verdict is in memory', async () => {
    const session = await signedIn(given, 'session_token')
    const token = session.session_token ?? ''
    assert.equal((await me(given, { bearer: token })).status, 200)
    assert.equal((await me(given, { key: token })).status, 401)
  })

  test('a person’s own keys are the person’s alone, and only so many', async () => {
    const owner = await signedIn(given, 'session_token')
    const stranger = await signedIn(given, 'session_token')
    const by = { bearer: owner.session_token ?? '' }
    const made = await given.send('POST', '/v1/api-keys', { ...by, body: { name: 'mine', permissions: [] } })
    const id = at(made.json, 'api_key', 'id')

    const other = { bearer: stranger.session_token ?? '' }
    for (const [method, path, body] of [
      ['GET', `/v1/api-keys/${id}`, undefined],
      ['PATCH', `/v1/api-keys/${id}`, { name: 'theirs' }],
      ['POST', `/v1/api-keys/${id}/rotate`, {}],
      ['DELETE', `/v1/api-keys/${id}`, undefined],
    ] as const) {
      assert.equal((await given.send(method, path, { ...other, body })).status, 404, `${method} ${path}`)
    }
    assert.equal((await me(given, { key: at(made.json, 'secret') })).status, 200)
    assert.equal((await given.send('DELETE', `/v1/api-keys/${id}`, by)).status, 204)
    assert.equal((await me(given, { key: at(made.json, 'secret') })).status, 401)
  })

  test('an administrator ends another person’s key, but never gets a secret that speaks for that person', async () => {
    const owner = await signedIn(given, 'session_token')
    const body = { name: 'mine', permissions: [] }
    const made = await given.send('POST', '/v1/api-keys', { bearer: owner.session_token ?? '', body })
    const path = `/v1/api-keys/${at(made.json, 'api_key', 'id')}`

    assert.equal((await given.send('POST', `${path}/rotate`, { key: given.adminKey, body: {} })).status, 403)
    assert.equal((await me(given, { key: at(made.json, 'secret') })).status, 200)
    assert.equal((await given.send('DELETE', path, { key: given.adminKey })).status, 204)
    assert.equal((await me(given, { key: at(made.json, 'secret') })).status, 401)
  })

  test('nobody gives a key what they do not hold', async () => {
    const member = await signedIn(given, 'session_token')
    const by = { bearer: member.session_token ?? '' }
    for (const permissions of [['*'], ['accounts:read'], ['gym:*']]) {
      const answer = await given.send('POST', '/v1/api-keys', { ...by, body: { name: 'more', permissions } })
      assert.equal(answer.json.code, 'permission_exceeds_own')
    }
    const narrow = await keyOf(given, ['gym:enter', 'api-keys:write'])
    const own = { key: narrow.secret }
    const wider = await given.send('PATCH', `/v1/api-keys/${narrow.id}`, {
      ...own,
      body: { permissions: ['*'] },
    })
    assert.equal(wider.json.code, 'permission_exceeds_own')
  })
})

type Options = NonNullable<Parameters<Given['send']>[2]>
const me = (given: Given, options: Options): Promise<Answer> => given.send('GET', '/v1/me', options)

async function exchange(given: Given, secret: string, address?: string): Promise<string> {
  const answer = await given.send('POST', '/oauth/token', {
    form: { ...EXCHANGE, subject_token: secret },
    ...(address !== undefined && { address, encrypted: true }),
  })
  assert.equal(answer.status, 200, answer.text)
  return at(answer.json, 'access_token')
}

async function rotate(given: Given, id: string, overlapSeconds: number): Promise<string> {
  const answer = await given.send('POST', `/v1/api-keys/${id}/rotate`, {
    key: given.adminKey,
    body: { overlap_seconds: overlapSeconds },
  })
  assert.equal(answer.status, 200, answer.text)
  return at(answer.json, 'secret')
}
