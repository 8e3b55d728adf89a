/** The vectors about session tokens and API keys: what is asked, what is kept, and what is never let in. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { REFUSED } from '../fake/authority.ts'
import { ISSUER, newForeign, newId, newOpaque, newSessionToken } from '../fake/credentials.ts'
import type { Command } from '../program.ts'
import { type OpenStage, openStage, type Stage } from '../stage.ts'

const other = (character: string): string => (character === 'A' ? 'B' : 'A')
const garbled: readonly (readonly [what: string, make: (good: string) => string])[] = [
  ['a wrong checksum', (good) => good.slice(0, -1) + other(good.slice(-1))],
  [
    'a secret with one character changed',
    (good) => good.slice(0, 50) + other(good.charAt(50)) + good.slice(51),
  ],
  [
    'an id with one character changed',
    (good) => good.slice(0, 20) + (good[20] === '0' ? '1' : '0') + good.slice(21),
  ],
  ['a character too few', (good) => good.slice(0, -1)],
  ['a character too many', (good) => `${good}0`],
  ['a character of no alphabet', (good) => good.replace(/.$/, '-')],
  ['the prefix of another authority', () => newForeign('xx', 'live')],
  ['the environment of tests', () => newForeign('cs', 'test')],
  ['nothing of the form', () => 'opensesame'],
  ['eight thousand characters', () => 'a'.repeat(8_000)],
]

const badAnswers: readonly (readonly [what: string, status: number, body: string])[] = [
  ['a page of HTML', 200, '<html>sign in to the network</html>'],
  ['nothing', 200, ''],
  ['an empty object', 200, '{}'],
  ['null', 200, 'null'],
  ['a list', 200, '[]'],
  ['active alone', 200, '{"active":true}'],
  ['active in text', 200, '{"active":"true"}'],
  ['a redirection', 302, ''],
  ['that our own key is refused', 401, '{"code":"invalid_credential"}'],
  ['that our own key may not ask', 403, '{"code":"permission_denied"}'],
  ['that it is not there', 404, '{"code":"not_found"}'],
  ['that we ask too much', 429, '{"code":"rate_limited"}'],
  ['that it broke', 500, '{"code":"internal_error"}'],
  ['that its store is gone', 503, '{"code":"store_unavailable"}'],
]

export function describeOpaque(command: Command): void {
  describe('session tokens and API keys', { concurrency: 1 }, () => {
    let stage: OpenStage
    before(async () => {
      stage = await openStage(command)
    })
    after(() => stage.close())

    describeUnasked(() => stage)
    describeAnswers(() => stage)
    describeKept(() => stage)
  })
}

function describeUnasked(on: () => Stage): void {
  for (const [what, make] of garbled) {
    test(`${what}: refused, and the authority is not asked`, async () => {
      const before = on().asked()
      const credential = make(newSessionToken(newId('ses')))

      assert.equal(await on().decided({ bearer: credential }), 401)
      assert.equal(on().asked(), before)
    })
  }

  test('one that the authority does not know: refused, and hardly asked about again', async () => {
    const before = on().asked()
    const unknown = newSessionToken(newId('ses'))
    const startedMs = performance.now()

    for (let count = 0; count < 20; count += 1) assert.equal(await on().decided({ bearer: unknown }), 401)

    // A refusal is remembered for a second or so.
    const asksMax = 2 + (performance.now() - startedMs) / 500
    assert.ok(on().asked() - before <= asksMax, `It was asked ${on().asked() - before} times.`)
  })
}

function describeAnswers(on: () => Stage): void {
  for (const [what, status, body] of badAnswers) {
    test(`the authority answers ${what}: 503, and asked again when it is well`, async () => {
      const { line } = on()
      const { credential } = on().opaque('session')
      line.replace('/v1/verify', { status, body, headers: { location: `${line.url}/healthz` } })

      const spoilt = await on().status({ bearer: credential })
      line.replace('/v1/verify', null)

      assert.equal(spoilt, 503)
      assert.equal(await on().decided({ bearer: credential }), 200)
    })
  }

  test('the authority answers about another credential: not let in', async () => {
    const { verdict } = on().opaque('session')
    const mine = newOpaque('session', 0)
    on().authority.verdicts.set(mine.credential, verdict)

    assert.equal(await on().status({ bearer: mine.credential }), 503)
  })

  test('a verdict without a position: not let in', async () => {
    const made = on().opaque('session', { position: undefined })

    assert.equal(await on().status({ bearer: made.credential }), 503)
  })

  test('one for another audience: refused', async () => {
    const made = on().opaque('session', { audiences: ['https://pool.example'] })

    assert.equal(await on().decided({ bearer: made.credential }), 401)
  })

  test('a permission that it has not: 403, and one that it has: 200', async () => {
    const reader = on().opaque('api_key')
    const everything = on().opaque('api_key', { permissions: ['*'] })
    const all = on().opaque('api_key', { permissions: ['notes:*'] })

    assert.equal(await on().decided({ key: reader.credential, permission: 'notes:write' }), 403)
    assert.equal(await on().decided({ key: all.credential, permission: 'notesx:write' }), 403)
    assert.equal(await on().decided({ key: reader.credential, permission: 'notes:read' }), 200)
    assert.equal(await on().decided({ key: all.credential, permission: 'notes:write' }), 200)
    assert.equal(await on().decided({ key: everything.credential, permission: 'pool:open' }), 200)
  })

  test('addresses without ours: 403, and with ours: 200', async () => {
    const away = on().opaque('api_key', { allow_addresses: ['192.0.2.0/24', '2001:db8::/32'] })
    const here = on().opaque('api_key', { allow_addresses: ['192.0.2.0/24', '127.0.0.0/8', '::1'] })

    assert.equal(await on().decided({ key: away.credential }), 403)
    assert.equal(await on().decided({ key: here.credential }), 200)
  })
}

function describeKept(on: () => Stage): void {
  for (const kind of ['session', 'api_key'] as const) {
    test(`a good one (${kind}): accepted, told apart, and kept`, async () => {
      const made = on().opaque(kind)
      const before = on().asked()
      const place = kind === 'session' ? { bearer: made.credential } : { key: made.credential }

      const first = await on().answer(place)
      for (let count = 0; count < 10; count += 1) assert.equal(await on().decided(place), 200)

      assert.deepEqual(first.json, { sub: made.principal, kind, credential: made.id })
      assert.equal(on().asked() - before, 1)
    })
  }

  test('one that may not be kept: asked about each time', async () => {
    const made = on().opaque('session', { cache_seconds: 0 })
    const before = on().asked()

    for (let count = 0; count < 3; count += 1)
      assert.equal(await on().decided({ bearer: made.credential }), 200)

    assert.equal(on().asked() - before, 3)
  })

  test('one that has ended by the authority’s time: not kept beyond its end', async () => {
    const made = on().opaque('session')
    const ended = {
      ...Object(made.verdict.credential),
      expires_at: new Date(Date.now() - 1_000).toISOString(),
    }
    on().authority.verdicts.set(made.credential, { ...made.verdict, credential: ended })
    await on().status({ bearer: made.credential })
    on().authority.verdicts.set(made.credential, REFUSED)

    assert.equal(await on().decided({ bearer: made.credential }), 401)
  })

  test('forty first sights of one credential at once: one question', async () => {
    const made = on().opaque('session')
    on().authority.verdicts.set(made.credential, async () => {
      await new Promise((resolve) => setTimeout(resolve, 100))
      return made.verdict
    })
    const before = on().asked()

    const statuses = await Promise.all(
      Array.from({ length: 40 }, () => on().decided({ bearer: made.credential })),
    )

    assert.deepEqual(new Set(statuses), new Set([200]))
    assert.ok(on().asked() - before <= 2, `It was asked ${on().asked() - before} times.`)
  })

  test('a path that leaves out the issuer and the credential itself: both still end it', async () => {
    const made = on().opaque('session')
    const bare = { ...Object(made.verdict.credential), path: [] }
    on().authority.verdicts.set(made.credential, { ...made.verdict, credential: bare })
    assert.equal(await on().decided({ bearer: made.credential }), 200)
    on().authority.verdicts.set(made.credential, REFUSED)

    await on().authority.acknowledged(on().authority.log.rule('issuer', ISSUER))

    assert.equal(await on().decided({ bearer: made.credential }), 401)
  })
}
