// Who a request comes from and whether anybody could have listened: at an API in each framework behind a proxy that is trusted, and
// for sockets that loopback cannot have.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createConnectionReader } from '../../src/guards/connection.ts'
import type { GuardOptions } from '../../src/guards/guard-types.ts'
import type { Connection, Wire } from '../../src/guards/wire.ts'
import { type Api, apis, createHonoApp, type OpenApi, type Options } from './apis.ts'
import { createFakeVerifier } from './fake-verifier.ts'
import { send } from './raw-request.ts'

const SESSION = 'cs_seslive_ada'
const BOUND = 'cs_seslive_office'
const CLIENT = 'X-Forwarded-For: 203.0.113.9'
const bearer = (credential: string): string => `Authorization: Bearer ${credential}`

function createVerifier() {
  const verifier = createFakeVerifier()
  verifier.let(SESSION)
  verifier.let(BOUND, { allowAddresses: ['203.0.113.0/24'] })
  return verifier
}

async function open(t: TestContext, openApi: OpenApi, options: Options): Promise<Api> {
  const api = await openApi(createVerifier(), options)
  t.after(() => api.close())
  return api
}

for (const [framework, openApi] of Object.entries(apis)) {
  describe(framework, () => {
    test('403 where a trusted proxy says that the caller spoke plain HTTP, or nothing', async (t) => {
      const api = await open(t, openApi, { trustedProxies: ['127.0.0.1'] })
      for (const lines of [[CLIENT, 'X-Forwarded-Proto: http'], [CLIENT]]) {
        const { status, json } = await send(api.port, 'GET', '/any', [bearer(SESSION), ...lines])

        assert.deepEqual([status, json.code], [403, 'https_required'])
      }
      const secure = await send(api.port, 'GET', '/any', [
        bearer(SESSION),
        CLIENT,
        'X-Forwarded-Proto: https',
      ])
      assert.equal(secure.status, 200)
    })

    test('an address list sees the client behind a trusted proxy, and no other’s word for it', async (t) => {
      const trusting = await open(t, openApi, { trustedProxies: ['127.0.0.1'] })
      const alone = await open(t, openApi, {})
      const lines = [bearer(BOUND), CLIENT, 'X-Forwarded-Proto: https']

      const spoofed = await send(alone.port, 'GET', '/any', lines)
      const elsewhere = await send(trusting.port, 'GET', '/any', [
        ...lines.slice(0, 1),
        'X-Forwarded-For: 198.51.100.1',
        'X-Forwarded-Proto: https',
      ])
      const office = await send(trusting.port, 'GET', '/any', lines)

      assert.deepEqual([spoofed.status, spoofed.json.code], [403, 'credential_address_refused'])
      assert.deepEqual([elsewhere.status, office.status], [403, 200])
    })
  })
}

type Facts = Connection & { readonly forwarded?: string }
const wire: Wire<Facts, never> = {
  method: () => 'GET',
  path: () => '/',
  rawHeaders: ({ forwarded }) => (forwarded === undefined ? [] : ['Forwarded', forwarded]),
  connection: (facts) => facts,
  setField: () => undefined,
  closeOn: () => undefined,
}
const isSecure = (facts: Facts, options: GuardOptions<Facts> = {}): boolean =>
  createConnectionReader(wire, options).isSecure(facts)

test('plain HTTP is secure on the loopback interface alone', () => {
  for (const remoteAddress of [
    '203.0.113.9',
    '10.0.0.1',
    '::ffff:10.0.0.1',
    '128.0.0.1',
    'fe80::1',
    undefined,
  ]) {
    assert.equal(isSecure({ remoteAddress }), false, `${remoteAddress}`)
    assert.equal(isSecure({ remoteAddress, encrypted: true }), true, `${remoteAddress}`)
    assert.equal(isSecure({ remoteAddress }, { plainHttp: 'dangerously-anywhere' }), true, `${remoteAddress}`)
  }
  for (const remoteAddress of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1']) {
    assert.equal(isSecure({ remoteAddress }), true, `${remoteAddress}`)
  }
})

test('only the header that the proxies set is read, and only theirs', () => {
  const options: GuardOptions<Facts> = { trustedProxies: ['10.0.0.0/8'], proxyHeader: 'forwarded' }
  const forwarded = 'for=203.0.113.9;proto=https'

  assert.equal(isSecure({ remoteAddress: '10.0.0.1', forwarded }, options), true)
  assert.equal(isSecure({ remoteAddress: '10.0.0.1', forwarded }, { trustedProxies: ['10.0.0.0/8'] }), false)
  assert.equal(isSecure({ remoteAddress: '11.0.0.1', forwarded }, options), false)
  assert.equal(isSecure({ remoteAddress: '10.0.0.1', forwarded: 'for=203.0.113.9' }, options), false)
})

test('Hono without a socket: the URL says whether it was HTTPS, the application what the address is', async () => {
  const app = createHonoApp(createVerifier())
  const ask = (url: string) => app.request(url, { headers: { authorization: `Bearer ${SESSION}` } })

  assert.equal((await ask('http://gym.example.com/any')).status, 403)
  assert.equal((await ask('http://localhost.evil.example/any')).status, 403)
  assert.equal((await ask('https://gym.example.com/any')).status, 200)
  assert.equal((await ask('http://localhost:8787/any')).status, 200)
})

test('Hono without a socket: repeated headers and two credentials are refused as everywhere', async () => {
  const app = createHonoApp(createVerifier())
  const ask = async (headers: [string, string][]) =>
    (await app.request('https://gym.example.com/any', { headers: new Headers(headers) })).status

  assert.equal(
    await ask([
      ['authorization', `Bearer ${SESSION}`],
      ['authorization', `Bearer ${SESSION}`],
    ]),
    401,
  )
  assert.equal(
    await ask([
      ['authorization', `Bearer ${SESSION}`],
      ['x-api-key', 'cs_keylive_x'],
    ]),
    400,
  )
  assert.equal(await ask([['authorization', `Bearer ${SESSION}`]]), 200)
})
