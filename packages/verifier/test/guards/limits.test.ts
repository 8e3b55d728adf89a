// The limit of an API key, at an API in each framework: counted for the key and its tokens together, told in the fields of the draft.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createLimiter } from '../../src/guards/limiter.ts'
import type { RateLimiter } from '../../src/guards/rate-limiter.ts'
import { type Api, apis, type OpenApi, type Options } from './apis.ts'
import { createFakeVerifier } from './fake-verifier.ts'
import { type RawAnswer, send } from './raw-request.ts'

const KEY = 'cs_keylive_turnstile'
const OF_KEY = [{ kind: 'api_key', id: 'key_01' }] as const

async function open(t: TestContext, openApi: OpenApi, options: Options = {}): Promise<Api> {
  const verifier = createFakeVerifier()
  const rateLimit = { requests: 2, perSeconds: 60 }
  verifier.let(KEY, { rateLimit, path: OF_KEY })
  verifier.let('exchanged.access.token', { rateLimit, path: OF_KEY, permissions: ['gym:enter'] })
  verifier.let('cs_keylive_other', { rateLimit, path: [{ kind: 'api_key', id: 'key_02' }] })
  verifier.let('cs_keylive_boundless')
  const api = await openApi(verifier, options)
  t.after(() => api.close())
  return api
}

const byKey = (api: Api, key = KEY, path = '/any'): Promise<RawAnswer> =>
  send(api.port, 'GET', path, [`X-API-Key: ${key}`])

for (const [framework, openApi] of Object.entries(apis)) {
  describe(framework, () => {
    test('429 for the third of two, with the fields that say when to come back; others are not held up', async (t) => {
      const clock = { nowMs: 5_000, monotonicMs: () => clock.nowMs }
      const api = await open(t, openApi, { limiter: createLimiter(clock) })
      const within = [await byKey(api), await byKey(api)]

      clock.nowMs += 20_000
      const beyond = await byKey(api)
      const others = [await byKey(api, 'cs_keylive_other'), await byKey(api, 'cs_keylive_boundless')]
      clock.nowMs += 40_000
      const later = await byKey(api)

      assert.deepEqual([beyond.status, beyond.json.code], [429, 'rate_limited'])
      assert.equal(beyond.headers.get('ratelimit-policy'), '"api_key";q=2;w=60')
      assert.equal(beyond.headers.get('ratelimit'), '"api_key";r=0;t=40')
      assert.equal(beyond.headers.get('retry-after'), '40')
      assert.equal(beyond.headers.get('cache-control'), 'no-store')
      assert.equal(beyond.headers.has('www-authenticate'), false)
      for (const answer of [...within, ...others, later]) {
        assert.equal(answer.status, 200)
        assert.equal(answer.headers.has('ratelimit'), false)
      }
    })

    test('one bucket for a key and all tokens that were exchanged for it', async (t) => {
      const api = await open(t, openApi)
      await byKey(api)
      await send(api.port, 'GET', '/any', ['Authorization: Bearer exchanged.access.token'])

      const byToken = await send(api.port, 'GET', '/door', ['Authorization: Bearer exchanged.access.token'])

      assert.equal(byToken.status, 429)
    })

    test('what is refused for another reason takes nothing', async (t) => {
      const api = await open(t, openApi)
      for (let count = 0; count < 3; count += 1) {
        assert.equal((await byKey(api, KEY, '/door')).status, 403)
      }

      assert.equal((await byKey(api)).status, 200)
    })

    test('what is left is told with every answer where that was asked for', async (t) => {
      const api = await open(t, openApi, { limitFields: 'always' })

      const [first, second] = [await byKey(api), await byKey(api)]

      assert.equal(first.headers.get('ratelimit-policy'), '"api_key";q=2;w=60')
      assert.equal(first.headers.get('ratelimit'), '"api_key";r=1;t=60')
      assert.equal(second.headers.get('ratelimit'), '"api_key";r=0;t=60')
    })

    test('a limiter that has to be asked elsewhere is waited for; one that breaks is no way in', async (t) => {
      const asked: string[] = []
      const limiter: RateLimiter = {
        take: async (key, { name }) => {
          asked.push(`${name} ${key}`)
          if (asked.length === 3) throw new Error('The limiter is broken.')
          return { allowed: asked.length === 1, remaining: 0, resetSeconds: 7 }
        },
      }
      const api = await open(t, openApi, { limiter })

      const [allowed, refused] = [await byKey(api), await byKey(api)]

      assert.deepEqual([allowed.status, refused.status], [200, 429])
      assert.equal(refused.headers.get('retry-after'), '7')
      assert.deepEqual(asked, ['api_key key_01', 'api_key key_01'])
      if (framework === 'node:http') return
      const broken = await byKey(api)
      assert.equal(broken.status, 500)
    })
  })
}
