/** The vectors on a real authority: what it issues is accepted, and what it has ended is refused from then on. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { at } from '../../given.ts'
import { SURE_LEASE_MS } from '../decided.ts'
import type { Command } from '../program.ts'
import { RealStage } from '../real.ts'
import { until } from '../until.ts'
import { claimsOf, idOf, type On } from './real-credentials.ts'
import { describeEnds, describeOutages } from './real-outages.ts'

const timeOf = (seconds: unknown): string => new Date(Number(seconds) * 1000).toISOString()

/** Where leases run out, or the program is replaced, so that the authority has to wait for the end of its lease. */
const SHORT_LEASE_MS = 2_000

export function describeReal(command: Command): void {
  describeStage('a real authority', command, SURE_LEASE_MS, (on) => {
    describeAccepted(on)
    describeRevoked(on)
    describeNarrowed(on)
    describeKeys(on)
  })
  describeStage('a real authority that is lost', command, SHORT_LEASE_MS, (on) => {
    describeOutages(on)
    describeEnds(on)
  })
}

function describeStage(what: string, command: Command, leaseMs: number, declare: (on: On) => void): void {
  describe(what, { concurrency: 1 }, () => {
    let stage: RealStage
    before(async () => {
      stage = await RealStage.open(command, leaseMs)
    })
    after(() => stage.close())

    declare(() => stage)
  })
}

function describeAccepted(on: On): void {
  test('each kind of credential is accepted, at first sight and again', async () => {
    const person = await on().person()
    const { key } = await on().keyHolder()
    const exchanged = await on().exchanged(key)

    for (let count = 0; count < 2; count += 1) {
      for (const bearer of [person.session, person.token, exchanged]) {
        assert.equal(await on().decided({ bearer, permission: 'notes:write' }), 200)
      }
      assert.equal(await on().decided({ key, permission: 'notes:write' }), 200)
    }
    assert.equal(await on().decided({ key, permission: 'pool:open' }), 403)
    assert.equal(await on().decided({ bearer: person.refresh }), 401)
  })

  test('a key with addresses: refused elsewhere, and so is the token that was exchanged for it', async () => {
    const here = await on().keyHolder(['notes:read'], { allow_addresses: ['127.0.0.0/8', '::1'] })
    const token = await on().exchanged(here.key)
    const away = await on().keyHolder(['notes:read'], { allow_addresses: ['192.0.2.0/24'] })

    assert.equal(await on().decided({ key: away.key }), 403)
    assert.equal(await on().decided({ key: here.key }), 200)
    assert.equal(await on().decided({ bearer: token }), 200)
  })

  test('a key for another audience is refused, and so is the token that was exchanged for it', async () => {
    const { key } = await on().keyHolder(['notes:read'], { audiences: ['https://pool.example'] })

    assert.equal(await on().decided({ key }), 401)
    assert.equal(await on().decided({ bearer: await on().exchanged(key) }), 401)
  })

  test('twenty sessions that are seen for the first time at once', async () => {
    const { email } = await on().person()
    // One after the other: until a password has been compared it counts as a wrong one, and so many at once wait.
    const sessions: string[] = []
    for (let index = 0; index < 20; index += 1) sessions.push(await on().signIn(email))

    const asked = (): number => on().line.passed('/v1/verify').length
    const before = asked()

    const statuses = await Promise.all([...sessions, ...sessions].map((bearer) => on().decided({ bearer })))

    assert.deepEqual(new Set(statuses), new Set([200]))
    assert.ok(asked() - before < statuses.length, `It was asked ${asked() - before} times.`)
  })
}

type Vector = readonly [what: string, make: (stage: RealStage) => Promise<Held>]
interface Held {
  readonly target: Record<string, string>
  /** What ends with it. */
  readonly bearers?: readonly string[]
  readonly keys?: readonly string[]
  /** What stays, because it does not hang under it. */
  readonly spared?: readonly string[]
}

const vectors: readonly Vector[] = [
  [
    'a session',
    async (stage) => {
      const { session, token } = await stage.person()
      return { target: { kind: 'session', id: idOf(session) }, bearers: [session], spared: [token] }
    },
  ],
  [
    'the session above a token',
    async (stage) => {
      const { session, token } = await stage.person()
      return {
        target: { kind: 'session', id: String(claimsOf(token).sid) },
        bearers: [token],
        spared: [session],
      }
    },
  ],
  [
    'a grant',
    async (stage) => {
      const { session, token } = await stage.person()
      return {
        target: { kind: 'grant', id: String(claimsOf(token).gid) },
        bearers: [token],
        spared: [session],
      }
    },
  ],
  [
    'one access token',
    async (stage) => {
      const { token, session } = await stage.person()
      const { jti, exp } = claimsOf(token)
      return {
        target: { kind: 'access_token', id: String(jti), expires_at: timeOf(exp) },
        bearers: [token],
        spared: [session],
      }
    },
  ],
  [
    'an API key',
    async (stage) => {
      const { key, keyId } = await stage.keyHolder()
      return { target: { kind: 'api_key', id: keyId }, bearers: [await stage.exchanged(key)], keys: [key] }
    },
  ],
  [
    'an account',
    async (stage) => {
      const { id, session, token } = await stage.person()
      const other = await stage.person()
      return {
        target: { kind: 'account', id },
        bearers: [session, token],
        spared: [other.session, other.token],
      }
    },
  ],
  [
    'a service account',
    async (stage) => {
      const { account, key } = await stage.keyHolder()
      return {
        target: { kind: 'service_account', id: account },
        bearers: [await stage.exchanged(key)],
        keys: [key],
      }
    },
  ],
  [
    'a credential that somebody has in hand',
    async (stage) => {
      const { session } = await stage.person()
      return { target: { kind: 'credential', credential: session }, bearers: [session] }
    },
  ],
]

function describeRevoked(on: On): void {
  for (const [what, make] of vectors) {
    test(`${what} is ended: refused as soon as it is confirmed, and nothing else`, async () => {
      const { target, bearers = [], keys = [], spared = [] } = await make(on())
      for (const bearer of [...bearers, ...spared]) assert.equal(await on().decided({ bearer }), 200)
      for (const key of keys) assert.equal(await on().decided({ key }), 200)

      await on().revoke(target)

      for (const bearer of bearers) assert.equal(await on().decided({ bearer }), 401)
      for (const key of keys) assert.equal(await on().decided({ key }), 401)
      for (const bearer of spared) assert.equal(await on().decided({ bearer }), 200)
    })
  }

  test('a role is revoked: its tokens are refused, and new ones are accepted', async () => {
    const { email, role, token } = await on().person()
    assert.equal(await on().decided({ bearer: token }), 200)

    await on().revoke({ kind: 'role', id: role })

    assert.equal(await on().decided({ bearer: token }), 401)
    assert.equal(await on().decided({ bearer: await on().signIn(email) }), 200)
  })

  test('a client is revoked: what it was granted is refused, and what hangs beside it is accepted', async () => {
    const { session, token } = await on().person()
    assert.equal(await on().decided({ bearer: token }), 200)
    assert.equal(await on().decided({ bearer: session }), 200)

    await on().revoke({ kind: 'client', id: 'first-party' })

    assert.equal(await on().decided({ bearer: token }), 401)
    assert.equal(await on().decided({ bearer: session }), 200)
    assert.equal(await on().decided({ bearer: (await on().person()).token }), 200)
  })

  test('an account is revoked: what is issued after it is accepted', async () => {
    const { id, email, session } = await on().person()
    await on().revoke({ kind: 'account', id })

    assert.equal(await on().decided({ bearer: session }), 401)
    assert.equal(await on().decided({ bearer: await on().signIn(email) }), 200)
  })
}

function describeNarrowed(on: On): void {
  test('a role is narrowed: the tokens that were made under it do not keep what it had', async () => {
    const { role, session, token } = await on().person()
    const write = 'notes:write'
    assert.equal(await on().decided({ bearer: token, permission: write }), 200)
    assert.equal(await on().decided({ bearer: session, permission: write }), 200)

    const body = { permissions: ['notes:read'] }
    const answer = await on().send('PATCH', `/v1/roles/${role}`, { key: on().adminKey, body })
    assert.equal(answer.status, 200, answer.text)

    await until('the token is refused', async () => (await on().status({ bearer: token })) === 401)
    assert.equal(await on().decided({ bearer: session, permission: write }), 403)
    assert.equal(await on().decided({ bearer: session, permission: 'notes:read' }), 200)
  })

  test('an API key is narrowed: neither it nor its tokens keep what it had', async () => {
    const { key, keyId } = await on().keyHolder()
    const token = await on().exchanged(key)
    assert.equal(await on().decided({ key, permission: 'notes:write' }), 200)
    assert.equal(await on().decided({ bearer: token, permission: 'notes:write' }), 200)

    const body = { permissions: ['notes:read'] }
    const answer = await on().send('PATCH', `/v1/api-keys/${keyId}`, { key: on().adminKey, body })
    assert.equal(answer.status, 200, answer.text)

    await until('it is refused', async () => (await on().status({ key, permission: 'notes:write' })) === 403)
    assert.equal(await on().decided({ bearer: token, permission: 'notes:write' }), 401)
    assert.equal(await on().decided({ key, permission: 'notes:read' }), 200)
  })
}

function describeKeys(on: On): void {
  const keys = (method: string, path: string, body?: object): ReturnType<RealStage['send']> =>
    on().send(method, path, { key: on().adminKey, ...(body && { body }) })

  test('the signing key is changed at once: old tokens stay good, and new ones are at once', async () => {
    const before = await on().person()
    assert.equal(await on().decided({ bearer: before.token }), 200)

    const rotated = await keys('POST', '/v1/signing-keys/rotate', { immediately: true })
    assert.equal(rotated.status, 200, rotated.text)
    const after = await on().person()

    assert.notEqual(after.token.split('.')[0], before.token.split('.')[0])
    assert.equal(await on().decided({ bearer: after.token }), 200)
    assert.equal(await on().decided({ bearer: before.token }), 200)
  })

  test('the signing key is removed: its tokens are refused, sessions are not, and new tokens are accepted', async () => {
    const { email, token, session } = await on().person()
    assert.equal(await on().decided({ bearer: token }), 200)
    const { kid } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())

    await on().revoke({ kind: 'signing_key', id: kid })

    assert.equal(await on().decided({ bearer: token }), 401)
    assert.equal(await on().decided({ bearer: session }), 200)
    const body = { email, password: 'nine slow herons wade', deliver: 'jwt' }
    let fresh = ''
    await until('a new key signs', async () => {
      const answer = await on().send('POST', '/v1/sign-in', { body })
      if (answer.status === 200) fresh = at(answer.json, 'access_token')
      return answer.status === 200
    })
    assert.equal(await on().decided({ bearer: fresh }), 200)
  })
}
