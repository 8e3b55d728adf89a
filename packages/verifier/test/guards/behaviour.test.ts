// One table of requests, asked of an API in each framework: who is let in, who is not, and what both are told. Every request is made
// twice, so that what memory answers is held to the same as what is seen for the first time.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Api, apis } from './apis.ts'
import { bearer, createVerifier, good, NOW_MS, refused, SESSION } from './cases.ts'
import { send } from './raw-request.ts'

for (const [framework, open] of Object.entries(apis)) {
  describe(framework, () => {
    const verifier = createVerifier()
    let api: Api
    before(async () => {
      api = await open(verifier, { allowedOrigins: ['https://app.example.com'], nowMs: () => NOW_MS })
    })
    after(() => api.close())

    for (const { name, method = 'GET', path = '/any', lines, status, code, challenge } of refused) {
      test(`${status} ${code} ${name}`, async () => {
        const answers = [await send(api.port, method, path, lines), await send(api.port, method, path, lines)]

        for (const { headers, json, ...answer } of answers) {
          assert.deepEqual([answer.status, json.code], [status, code])
          assert.equal(json.type, `https://auth.example.com/docs/errors/${code}`)
          assert.match(String(json.decision_id), /^dec_\d{26}$/)
          assert.equal(headers.get('cache-control'), 'no-store')
          assert.equal(headers.get('content-type'), 'application/problem+json; charset=utf-8')
          if (challenge !== undefined) assert.equal(headers.get('www-authenticate') ?? null, challenge)
          if (status === 401) assert.match(headers.get('www-authenticate') ?? '', /^Bearer realm=/)
        }
      })
    }

    for (const { name, method = 'GET', path = '/any', lines, status } of good) {
      test(`${status} by ${name}`, async () => {
        const first = await send(api.port, method, path, lines)
        const before = verifier.recalled
        const second = await send(api.port, method, path, lines)

        for (const { status: got, json } of [first, second]) {
          assert.equal(got, status)
          if (method !== 'HEAD') assert.equal(json.principal, 'acc_01m80pj90sphjp0ynbwt3dp3sk')
        }
        const isAsked = path === '/online' || lines.includes(bearer('cs_seslive_here'))
        assert.equal(verifier.recalled - before, isAsked ? 0 : 1)
      })
    }

    test('a folded header line is refused by whoever reads it first', async () => {
      const answer = await send(api.port, 'GET', '/any', ['Authorization: Bearer', ` ${SESSION}`])

      assert.ok(answer.status === 400 || answer.status === 401, String(answer.status))
    })

    test('a route without a guard is open, and a guard says what was refused, to whom and why', async () => {
      const open = await send(api.port, 'GET', '/open', ['Authorization: nonsense'])
      await send(api.port, 'GET', '/both', [bearer(SESSION)])

      assert.deepEqual([open.status, open.body.includes('open')], [200, true])
      const { code, reason, route, address, from, verified } = verifier.denials.at(-1) ?? assert.fail()
      assert.deepEqual([code, reason, route], ['permission_denied', 'permission', 'both'])
      assert.deepEqual(
        [address, from, verified?.credential.id],
        ['127.0.0.1', 'authorization', `id of ${SESSION}`],
      )
    })

    test('what a route asks for reaches the verifier: freshness, the name, the address', async () => {
      await send(api.port, 'GET', '/online', [bearer(SESSION)])
      const online = verifier.asked.at(-1)
      await send(api.port, 'GET', '/signature', [bearer('unseen.access.token')])
      const signature = verifier.asked.at(-1)
      await send(api.port, 'GET', '/both')
      const named = verifier.asked.at(-1)

      assert.deepEqual(online, { address: '127.0.0.1', userAgent: null, freshness: 'online' })
      assert.deepEqual(signature, { address: '127.0.0.1', userAgent: null, freshness: 'signature' })
      assert.deepEqual(named, { address: '127.0.0.1', userAgent: null, route: 'both' })
    })
  })
}
