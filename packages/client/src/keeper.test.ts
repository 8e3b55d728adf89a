import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  accessToken,
  answer,
  browserLocks,
  type FakeAuthority,
  fakeAuthority,
  ME,
  problem,
  refreshToken,
  tokenAnswer,
} from '../test/given.ts'
import type { Client, ClientOptions } from './client.ts'
import type { Tokens } from './credential.ts'
import { ApiProblem, AuthorityUnreachable } from './errors.ts'

const TOKEN = '/oauth/token'

test('a refused refresh token ends the tokens, tells the listener, and is not tried again', async () => {
  const told: unknown[] = []
  const authority = givenTokens(() => answer(400, { error: 'invalid_grant' }))
  const client = authority.client({ ...expired(authority), onTokens: (tokens) => void told.push(tokens) })

  await assert.rejects(client.me(), (error) => error instanceof ApiProblem && error.code === 'invalid_grant')
  await assert.rejects(client.refresh(), TypeError)

  assert.deepEqual(told, [null])
  assert.equal(authority.to(TOKEN).length, 1)
})

test('a revoked access token whose family is gone too answers the 401 itself', async () => {
  const authority = fakeAuthority((seen) =>
    seen.path === TOKEN ? answer(400, { error: 'invalid_grant' }) : problem(401, 'invalid_credential'),
  )

  await assert.rejects(
    authority.client(fresh(authority)).me(),
    (error) => error instanceof ApiProblem && error.status === 401,
  )
})

test('a 401 after a renewal is final: there is no loop', async () => {
  const authority = fakeAuthority((seen) =>
    seen.path === TOKEN
      ? tokenAnswer(accessToken('second', authority.clock.nowMs() + 900_000), refreshToken(2))
      : problem(401, 'invalid_credential'),
  )

  await assert.rejects(authority.client(fresh(authority)).me(), ApiProblem)

  assert.equal(authority.to(TOKEN).length, 1)
  assert.equal(authority.to('/v1/me').length, 2)
})

test('twenty requests that find the token expired share one refresh', async () => {
  const authority = givenTokens()
  const client = authority.client(expired(authority))

  await Promise.all(Array.from({ length: 20 }, () => client.me()))

  assert.equal(authority.to(TOKEN).length, 1)
  assert.equal(authority.to('/v1/me').length, 20)
  for (const seen of authority.to('/v1/me')) assert.equal(jtiOf(seen.headers), 'second')
})

test('twenty requests whose token was refused share one refresh, late ones included', async () => {
  const authority = fakeAuthority((seen) => {
    if (seen.path === TOKEN)
      return tokenAnswer(accessToken('second', authority.clock.nowMs() + 900_000), refreshToken(2))
    return jtiOf(seen.headers) === 'second' ? answer(200, ME) : problem(401, 'invalid_credential')
  })
  const client = authority.client(fresh(authority))

  await Promise.all(Array.from({ length: 20 }, () => client.me()))

  assert.equal(authority.to(TOKEN).length, 1)
})

test('a POST is sent again after a renewal: its refusal came before anything was done', async () => {
  const authority = fakeAuthority((seen) => {
    if (seen.path === TOKEN)
      return tokenAnswer(accessToken('second', authority.clock.nowMs() + 900_000), refreshToken(2))
    return jtiOf(seen.headers) === 'second' ? answer(200, { ended: 1 }) : problem(401, 'invalid_credential')
  })

  assert.deepEqual(await authority.client(fresh(authority)).sessions.endOthers(), { ended: 1 })
})

test('the pair is renewed shortly before it expires, and not earlier', async () => {
  const authority = givenTokens()
  const client = authority.client(fresh(authority))

  await authority.clock.advance(869_000)
  await client.me()
  assert.equal(authority.to(TOKEN).length, 0)
  await authority.clock.advance(2_000)
  await client.me()

  assert.equal(authority.to(TOKEN).length, 1)
})

test('a token that lives for seconds only is used for half its life', async () => {
  const authority = givenTokens(() => tokenAnswer(accessToken('second', 0), refreshToken(2), 10))
  const client = authority.client(expired(authority))
  await client.me()

  await authority.clock.advance(4_000)
  await client.me()
  assert.equal(authority.to(TOKEN).length, 1)
  await authority.clock.advance(2_000)
  await client.me()

  assert.equal(authority.to(TOKEN).length, 2)
})

test('an authority that cannot refresh just now costs nothing while the token still works', async () => {
  const authority = givenTokens(() => problem(503, 'store_unavailable'))
  const client = authority.client(fresh(authority))
  await authority.clock.advance(880_000)

  assert.deepEqual(await client.me(), ME)
  await authority.clock.advance(20_000)
  await assert.rejects(client.me(), (error) => error instanceof ApiProblem && error.status === 503)
})

test('a refresh whose answer was lost is asked for again with the same token', async () => {
  let lost = true
  const authority = givenTokens(() => {
    if (!lost) return tokenAnswer(accessToken('second', authority.clock.nowMs() + 900_000), refreshToken(2))
    lost = false
    throw new TypeError('fetch failed')
  })

  const me = authority.client(expired(authority)).me()
  await authority.clock.advance(200)

  assert.deepEqual(await me, ME)
  const [first, second] = authority.to(TOKEN)
  assert.equal(first?.body, second?.body)
})

test('the new pair is handed over, and waited for, before it is used', async () => {
  const order: string[] = []
  const authority = fakeAuthority((seen) => {
    order.push(seen.path)
    return seen.path === TOKEN
      ? tokenAnswer(accessToken('second', authority.clock.nowMs() + 900_000), refreshToken(2))
      : answer(200, ME)
  })
  const onTokens = async (tokens: Tokens | null): Promise<void> => {
    await Promise.resolve()
    order.push(`stored ${tokens?.refreshToken?.reveal() === refreshToken(2).reveal()}`)
  }

  await authority.client({ ...expired(authority), onTokens }).me()

  assert.deepEqual(order, [TOKEN, 'stored true', '/v1/me'])
})

test('two tabs with one stored refresh token refresh once: the second takes over what the first stored', async () => {
  const store = givenStore()
  const authority = givenTokens()
  const locks = browserLocks()
  const tabs = [1, 2].map(() => authority.client({ ...expired(authority), ...store.listeners }, locks))

  await Promise.all(tabs.map((tab) => tab.me()))

  assert.equal(authority.to(TOKEN).length, 1)
  for (const seen of authority.to('/v1/me')) assert.equal(jtiOf(seen.headers), 'second')
})

test('a tab that slept through a refresh does not present the used refresh token', async () => {
  const store = givenStore()
  let generation = 1
  const authority = givenTokens((body) => {
    if (body.get('refresh_token') !== refreshToken(generation).reveal())
      return answer(400, { error: 'invalid_grant' })
    generation += 1
    return tokenAnswer(accessToken(`at ${generation}`, 0), refreshToken(generation))
  })
  const locks = browserLocks()
  const tab = (): Client => authority.client({ ...fresh(authority), ...store.listeners }, locks)
  const [awake, asleep] = [tab(), tab()]

  await authority.clock.advance(900_000)
  await awake.me()
  await authority.clock.advance(900_000)
  await awake.me()
  await asleep.me()

  assert.equal(generation, 3)
})

test('a refresh that ends after the sign-out does not sign in again', async () => {
  let respond: (response: Response) => void = () => assert.fail()
  const authority = fakeAuthority((seen) => {
    if (seen.path === '/v1/sign-out') return new Response(null, { status: 204 })
    if (seen.path === '/v1/me') return answer(200, ME)
    return new Promise((resolve) => {
      respond = resolve
    })
  })
  const told: unknown[] = []
  const client = authority.client({ ...fresh(authority), onTokens: (tokens) => void told.push(tokens) })

  const refreshing = assert.rejects(client.refresh(), TypeError)
  await client.signOut()
  respond(tokenAnswer(accessToken('second', 0), refreshToken(2)))
  await refreshing
  await client.me()

  assert.deepEqual(told, [null])
  assert.equal(authority.to('/v1/me')[0]?.headers.get('authorization'), null)
})

test('signing out of a session that has ended already is no error', async () => {
  const authority = fakeAuthority(() => problem(401, 'invalid_credential'))

  await authority.client({ credential: { sessionToken: 'cs_seslive_x' } }).signOut()

  assert.equal(authority.seen.length, 1)
})

test('with the refresh token in a cookie only the token endpoint is sent cookies', async () => {
  const authority = fakeAuthority((seen) =>
    seen.path === TOKEN
      ? answer(200, { access_token: 'a.b.c', token_type: 'Bearer', expires_in: 900, scope: '' })
      : answer(200, ME),
  )
  const client = authority.client({ credential: { refreshCookie: true } })

  await client.me()

  const [refresh, me] = authority.seen
  assert.equal(refresh?.init.credentials, 'include')
  assert.equal(refresh?.body, 'grant_type=refresh_token&client_id=first-party')
  assert.equal(me?.init.credentials, 'omit')
  assert.equal(me?.headers.get('authorization'), 'Bearer a.b.c')
})

test('an authority that cannot be reached while refreshing is told as that', async () => {
  const authority = givenTokens(() => {
    throw new TypeError('fetch failed')
  })

  const failed = assert.rejects(authority.client(expired(authority)).me(), AuthorityUnreachable)
  await authority.clock.advance(200)
  await authority.clock.advance(400)
  await failed

  assert.equal(authority.to('/v1/me').length, 0)
})

/** An authority that knows the second access token and gives it for a refresh, unless told otherwise. */
function givenTokens(refresh?: (body: URLSearchParams) => Response): FakeAuthority {
  const authority = fakeAuthority((seen) => {
    if (seen.path !== TOKEN) return answer(200, ME)
    if (refresh !== undefined) return refresh(new URLSearchParams(seen.body))
    return tokenAnswer(accessToken('second', authority.clock.nowMs() + 900_000), refreshToken(2))
  })
  return authority
}

const fresh = (authority: FakeAuthority): Partial<ClientOptions> =>
  givenPair(authority.clock.nowMs() + 900_000)
const expired = (authority: FakeAuthority): Partial<ClientOptions> =>
  givenPair(authority.clock.nowMs() - 1000)

function givenPair(expiresAtMs: number): Partial<ClientOptions> {
  return { credential: { accessToken: accessToken('first', expiresAtMs), refreshToken: refreshToken(1) } }
}

/** Where tabs of one origin keep their pair. */
function givenStore(): { listeners: Pick<ClientOptions, 'onTokens' | 'readTokens'> } {
  let stored: Tokens | null = null
  return {
    listeners: {
      onTokens: (tokens) => {
        stored = tokens
      },
      readTokens: () => stored,
    },
  }
}

function jtiOf(headers: Headers): unknown {
  const [, payload = ''] = headers.get('authorization')?.split('.') ?? []
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
  return typeof claims === 'object' && claims !== null && 'jti' in claims ? claims.jti : null
}
