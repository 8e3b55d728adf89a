/** Exchanging an API key for an access token (RFC 8693): never more, never longer, never for somebody else. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { StoreUnavailable } from '@countersign/core'
import { decodeJwt } from 'jose'
import { assertOAuthError, assertProblem } from './contract.ts'
import * as given from './given.ts'
import { inside } from './inside.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)

type To = Pick<given.Given, 'send'>

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'
const KEY_TYPE = 'urn:countersign:params:oauth:token-type:api-key'
const ACCESS_TYPE = 'urn:ietf:params:oauth:token-type:access_token'

function exchange(
  to: To,
  key: string,
  more: Record<string, string> = {},
  options: given.SendOptions = {},
): Promise<given.Answer> {
  const form = { grant_type: GRANT, subject_token: key, subject_token_type: KEY_TYPE, ...more }
  return to.send('POST', '/oauth/token', { form, ...options })
}

const accessOf = (answer: given.Answer): string => given.at(answer.json, 'access_token')

test('invalid_request for whatever is no live key, without a word on why', async () => {
  const { secret, id } = await given.keyOf(shared.given, [])
  const jwt = await given.signedIn(shared.given, 'jwt')
  const opaque = await given.signedIn(shared.given, 'session_token')
  const own = accessOf(await exchange(shared.given, secret))
  const ended = await given.keyOf(shared.given, [])
  await shared.given.send('DELETE', `/v1/api-keys/${ended.id}`, { key: shared.given.adminKey })
  const bodies = new Set<string>()
  for (const token of [
    'nonsense',
    id,
    secret.slice(0, -1),
    ended.secret,
    own,
    jwt.access_token ?? '',
    jwt.refresh_token ?? '',
    opaque.session_token ?? '',
  ]) {
    const answer = await exchange(shared.given, token)
    assertOAuthError(answer, 'invalid_request')
    bodies.add(answer.text)
  }

  assert.equal(bodies.size, 1)
})

test('parameters that are wrong, missing or doubled are refused one by one', async () => {
  const { secret } = await given.keyOf(shared.given, [])

  for (const [more, error] of [
    [{ subject_token: '' }, 'invalid_request'],
    [{ subject_token_type: '' }, 'invalid_request'],
    [{ subject_token_type: ACCESS_TYPE }, 'invalid_request'],
    [{ actor_token: 'x', actor_token_type: ACCESS_TYPE }, 'invalid_request'],
    [{ requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }, 'invalid_request'],
    [{ requested_token_type: 'urn:ietf:params:oauth:token-type:id_token' }, 'invalid_request'],
    [{ client_id: 'pool-app' }, 'invalid_client'],
    [{ client_secret: 'a secret' }, 'invalid_client'],
    [{ grant_type: 'client_credentials' }, 'invalid_client'],
    [{ grant_type: 'client_credentials', client_id: 'first-party' }, 'unauthorized_client'],
    [{ grant_type: 'password' }, 'unsupported_grant_type'],
    [{ grant_type: GRANT.toUpperCase() }, 'unsupported_grant_type'],
    [{ grant_type: '' }, 'invalid_request'],
  ] as [Record<string, string>, string][]) {
    assertOAuthError(await exchange(shared.given, secret, more), error)
  }
  const doubled = await shared.given.send('POST', '/oauth/token', {
    form: `grant_type=${GRANT}&subject_token=${secret}&subject_token_type=${KEY_TYPE}&scope=&scope=*`,
  })
  assertOAuthError(doubled, 'invalid_request')
})

test('a key in the URL or in a header of the token endpoint is not taken for the parameter', async () => {
  const { secret } = await given.keyOf(shared.given, [])
  const form = { grant_type: GRANT, subject_token_type: KEY_TYPE }

  const inUrl = await shared.given.send('POST', `/oauth/token?subject_token=${secret}`, { form })
  const inHeader = await shared.given.send('POST', '/oauth/token', { form, key: secret })

  assertOAuthError(inUrl, 'invalid_request')
  assertOAuthError(inHeader, 'invalid_request')
})

test('invalid_scope for more than the key holds, and a narrower one is narrower everywhere', async () => {
  const { secret } = await given.keyOf(shared.given, ['gym:enter', 'pool:*'])

  for (const scope of [
    '*',
    'gym:*',
    'gym:leave',
    'gym:enter sauna:enter',
    'gym:enter\u00a0pool:enter',
    '  ',
  ]) {
    assertOAuthError(await exchange(shared.given, secret, { scope }), 'invalid_scope')
  }
  const narrow = await exchange(shared.given, secret, { scope: 'pool:enter' })
  const whole = await exchange(shared.given, secret)

  assert.equal(narrow.json.scope, 'pool:enter')
  assert.equal(decodeJwt(accessOf(narrow)).scope, 'pool:enter')
  assert.equal(whole.json.scope, 'gym:enter pool:*')
  const me = await shared.given.send('GET', '/v1/me', { bearer: accessOf(narrow) })
  assert.deepEqual(me.json.permissions, ['pool:enter'])
})

test('invalid_target for an audience that is not the key’s', async () => {
  const audiences = ['https://pool.example', 'https://gym.example']
  const { secret } = await given.keyOf(shared.given, [], { audiences })
  const first = await given.keyOf(shared.given, [])

  for (const more of [
    { audience: 'https://bank.example' },
    { resource: 'https://bank.example' },
    { audience: given.ISSUER },
    { audience: audiences[0], resource: 'https://bank.example' },
    { audience: 'https://pool.example/' },
    { audience: 'HTTPS://POOL.EXAMPLE' },
  ] as Record<string, string>[]) {
    assertOAuthError(await exchange(shared.given, secret, more), 'invalid_target')
  }
  assertOAuthError(
    await exchange(shared.given, first.secret, { audience: 'https://pool.example' }),
    'invalid_target',
  )
  const one = await exchange(shared.given, secret, { resource: 'https://pool.example' })
  const both = await exchange(shared.given, secret)
  assert.equal(decodeJwt(accessOf(one)).aud, 'https://pool.example')
  assert.deepEqual(decodeJwt(accessOf(both)).aud, audiences)
  assert.equal(decodeJwt(accessOf(await exchange(shared.given, first.secret))).aud, given.ISSUER)
})

test('a token for another audience opens nothing here', async () => {
  const { secret } = await given.keyOf(shared.given, ['*'], { audiences: ['https://pool.example'] })
  const bearer = accessOf(await exchange(shared.given, secret))

  assertProblem(await shared.given.send('GET', '/v1/me', { bearer }), 'invalid_credential')
  assertProblem(await shared.given.send('GET', '/v1/me', { key: secret }), 'invalid_credential')
})

test('the token ends with the key, however long tokens live', async (t) => {
  const to = await given.authority(t)
  const { secret } = await given.keyOf(to, [], { expires_in: 100 })
  to.clock.advance(40)

  const answer = await exchange(to, secret)

  assert.equal(answer.json.expires_in, 60)
  to.clock.advance(60)
  assertOAuthError(await exchange(to, secret), 'invalid_request')
  to.clock.advance(30)
  assertProblem(await to.send('GET', '/v1/me', { bearer: accessOf(answer) }), 'invalid_credential')
})

test('a token of the old secret ends with the overlap, one of the new secret does not', async (t) => {
  const to = await given.authority(t)
  const { secret, id } = await given.keyOf(to, [])
  const rotated = await to.send('POST', `/v1/api-keys/${id}/rotate`, {
    key: to.adminKey,
    body: { overlap_seconds: 120 },
  })

  const old = await exchange(to, secret)
  const next = await exchange(to, given.at(rotated.json, 'secret'))

  assert.equal(old.json.expires_in, 120)
  assert.equal(next.json.expires_in, 900)
})

test('from an address that the key may not be used from there is no token', async () => {
  const { secret } = await given.keyOf(shared.given, [], { allow_addresses: ['127.0.0.2'] })

  assertOAuthError(await exchange(shared.given, secret), 'invalid_request')
  const allowed = await exchange(shared.given, secret, {}, { address: '127.0.0.2' })
  const bearer = accessOf(allowed)

  assertProblem(await shared.given.send('GET', '/v1/me', { bearer }), 'credential_address_refused')
  const there = await shared.given.send('GET', '/v1/me', { bearer, address: '127.0.0.2' })
  assert.equal(there.status, 200)
  assert.deepEqual(decodeJwt(bearer).addrs, ['127.0.0.2'])
})

test('the answer and the token name the key and its owner, and nobody’s refresh token', async () => {
  const { secret, id, owner } = await given.keyOf(shared.given, ['gym:enter'])

  const answer = await exchange(shared.given, secret, { requested_token_type: ACCESS_TYPE })

  assert.deepEqual(
    { ...answer.json, access_token: '' },
    {
      access_token: '',
      issued_token_type: ACCESS_TYPE,
      token_type: 'Bearer',
      expires_in: 900,
      scope: 'gym:enter',
    },
  )
  assert.deepEqual(answer.headers.getSetCookie(), [])
  const claims = decodeJwt(accessOf(answer))
  assert.equal(claims.sub, owner)
  assert.equal(claims.akid, id)
  assert.equal(claims.sid, undefined)
})

test('an exchange is written down with the key that was used', async () => {
  const { secret, id, owner } = await given.keyOf(shared.given, [])
  await exchange(shared.given, secret)

  const path = `/v1/audit?type=api_key.exchanged&target=${id}`
  const events = await shared.given.send('GET', path, { key: shared.given.adminKey })

  const [event] = events.json.items as Record<string, unknown>[]
  assert.deepEqual(event?.actor, { kind: 'service_account', id: owner, credential: id })
})

test('while such events cannot be written down, no key is exchanged and no token is issued', async (t) => {
  const away = (): Promise<never> => Promise.reject(new StoreUnavailable('away'))
  const to = await inside(t, given.UNLIMITED, {
    gathered: { append: away, flush: away, settle: () => Promise.resolve() },
  })

  const answer = await exchange(to, to.adminKey)

  assertOAuthError(answer, 'temporarily_unavailable')
  assert.doesNotMatch(answer.text, /access_token/)
})

test('an exchange is in the audit log after a stop, though nobody has asked for it before', async (t) => {
  const to = await given.authority(t)
  const { secret, id } = await given.keyOf(to, [])
  await exchange(to, secret)

  await to.restart()

  const path = `/v1/audit?type=api_key.exchanged&target=${id}`
  assert.equal(Object((await to.send('GET', path, { key: to.adminKey })).json.items).length, 1)
})

test('a token that would not fit into a header is refused in words, and nothing breaks', async () => {
  const permissions = Array.from({ length: 64 }, (_, index) => `${'n'.repeat(48)}:${'v'.repeat(45)}${index}`)
  const { secret } = await given.keyOf(shared.given, permissions)

  assertOAuthError(await exchange(shared.given, secret), 'invalid_scope')

  const narrow = await exchange(shared.given, secret, { scope: permissions[0] ?? '' })
  assert.equal(narrow.status, 200)
})
