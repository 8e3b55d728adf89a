/** Who is let in at all: our own host names, secure connections, and proxies that were named. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'

const ISSUER = 'https://auth.example'
const settings = { ...given.UNLIMITED, COUNTERSIGN_ISSUER: ISSUER }

/** As a front end passes it on: the host of the URL is also in `Host`. */
function ask(to: given.Given, base: string, options: given.SendOptions = {}): Promise<given.Answer> {
  const host = options.headers?.host ?? new URL(base).host
  return to.send('GET', '/healthz', { base, ...options, headers: { ...options.headers, host } })
}

test('421 for a host name that is not ours, which a rebound DNS name would be', async (t) => {
  const to = await given.authority(t)
  for (const host of [
    'evil.example',
    'evil.example:4000',
    'localhost.evil.example:4000',
    'localhost:4000.evil.example',
    'localhost:4000@evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.2:4000',
    '0.0.0.0:4000',
    '[::]:4000',
    '169.254.169.254',
    'LOCALHOST.:4000',
    '',
  ]) {
    assertProblem(await ask(to, given.ISSUER, { headers: { host } }), 'misdirected_request')
  }
  for (const host of ['localhost:4000', 'localhost:4999', '127.0.0.1:4000', '[::1]:4000', 'localhost']) {
    assert.equal((await ask(to, given.ISSUER, { headers: { host } })).status, 200, host)
  }
})

test('with a public issuer loopback names are not ours either, unless they are named', async (t) => {
  const to = await given.authority(t, { ...settings, COUNTERSIGN_ALLOWED_HOSTS: 'internal.example:8443' })
  const from = (host: string): Promise<given.Answer> =>
    ask(to, ISSUER, { encrypted: true, headers: { host } })

  assert.equal((await from('auth.example')).status, 200)
  assert.equal((await from('internal.example:8443')).status, 200)
  for (const host of [
    'localhost',
    '127.0.0.1',
    '[::1]',
    'internal.example',
    'auth.example:444',
    'auth.example.',
  ]) {
    assertProblem(await from(host), 'misdirected_request')
  }
})

test('403 for plain HTTP from another machine, on every kind of route, and no redirect', async (t) => {
  const to = await given.authority(t)
  for (const address of [
    '192.0.2.1',
    '10.0.0.1',
    '2001:db8::1',
    '::ffff:192.0.2.1',
    '169.254.0.1',
    '0.0.0.0',
  ]) {
    for (const [method, path] of [
      ['GET', '/v1/me'],
      ['POST', '/v1/sign-in'],
      ['GET', '/'],
      ['GET', '/.well-known/jwks.json'],
    ] as const) {
      const answer = await to.send(method, path, { address, ...(method === 'POST' && { body: {} }) })

      assertProblem(answer, 'https_required')
      assert.equal(answer.headers.get('location'), null)
    }
    const token = await to.send('POST', '/oauth/token', { address, form: {} })
    assert.equal(token.json.error, 'invalid_request')
  }
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) {
    assert.equal((await to.send('GET', '/healthz', { address })).status, 200, address)
  }
  const tls = await to.send('GET', '/healthz', { address: '192.0.2.1', encrypted: true })
  assert.equal(tls.status, 200)
})

test('what a stranger writes about its own connection is not believed', async (t) => {
  const to = await given.authority(t)
  for (const headers of [
    { 'x-forwarded-proto': 'https' },
    { 'x-forwarded-for': '127.0.0.1' },
    { forwarded: 'for=127.0.0.1;proto=https' },
    { 'x-real-ip': '127.0.0.1', 'x-forwarded-ssl': 'on', 'front-end-https': 'on' },
    { 'x-forwarded-host': 'localhost:4000', 'x-forwarded-proto': 'https' },
    { 'x-client-ip': '127.0.0.1', 'cf-connecting-ip': '127.0.0.1', 'true-client-ip': '127.0.0.1' },
  ] as Record<string, string>[]) {
    assertProblem(await to.send('GET', '/healthz', { address: '192.0.2.1', headers }), 'https_required')
    assertProblem(
      await to.send('GET', '/metrics', { address: '192.0.2.1', encrypted: true, headers }),
      'not_found',
    )
  }
})

const PROXIED = { ...settings, COUNTERSIGN_TRUSTED_PROXIES: '10.0.0.0/8' }

/** The address that a refused sign-in was written down with. */
async function addressSeen(to: given.Given, options: given.SendOptions): Promise<unknown> {
  // Events of one millisecond have no order.
  to.clock.advance(1)
  const sent = await to.send('POST', '/v1/sign-in', {
    base: ISSUER,
    body: { email: 'nobody@example.com', password: given.PASSWORD },
    ...options,
    headers: { host: 'auth.example', ...options.headers },
  })
  const events = await to.send('GET', '/v1/audit?type=sign_in.refused&limit=1', {
    base: ISSUER,
    encrypted: true,
    key: to.adminKey,
    headers: { host: 'auth.example' },
  })
  const [event] = events.json.items as Record<string, unknown>[]
  return sent.status === 401 ? event?.address : sent.json.code
}

test('a named proxy’s word about address and scheme counts, read from its own end of the chain', async (t) => {
  const to = await given.authority(t, PROXIED)
  const proxy = { address: '10.0.0.7' }
  const seen = (headers: Record<string, string>): Promise<unknown> => addressSeen(to, { ...proxy, headers })
  const https = { 'x-forwarded-proto': 'https' }

  assert.equal(await seen({ 'x-forwarded-for': '192.0.2.9', ...https }), '192.0.2.9')
  assert.equal(await seen({ 'x-forwarded-for': '127.0.0.1, 192.0.2.9', ...https }), '192.0.2.9')
  assert.equal(await seen({ 'x-forwarded-for': '203.0.113.5, 192.0.2.9, 10.1.1.1', ...https }), '192.0.2.9')
  assert.equal(await seen({ 'x-forwarded-for': '2001:db8::9', ...https }), '2001:db8::9')
  assert.equal(await seen({ 'x-forwarded-for': '::ffff:192.0.2.9', ...https }), '192.0.2.9')
  assert.equal(await seen({ 'x-forwarded-for': '192.0.2.9', 'x-forwarded-proto': 'http' }), 'https_required')
  assert.equal(await seen({ 'x-forwarded-for': '192.0.2.9' }), 'https_required')
  assert.equal(
    await seen({ 'x-forwarded-for': '192.0.2.9', forwarded: 'for=127.0.0.1;proto=https', ...https }),
    '192.0.2.9',
  )
})

test('a peer that is no named proxy speaks for nobody, though others are named', async (t) => {
  const to = await given.authority(t, PROXIED)
  const headers = { 'x-forwarded-for': '10.0.0.7', 'x-forwarded-proto': 'https' }

  assert.equal(await addressSeen(to, { address: '192.0.2.1', headers }), 'https_required')
  assert.equal(await addressSeen(to, { address: '192.0.2.1', encrypted: true, headers }), '192.0.2.1')
})

test('limits and address lists see the client behind the proxy, not what the client says of itself', async (t) => {
  const to = await given.authority(t, { ...PROXIED, COUNTERSIGN_RATE_LIMIT_SIGN_IN: '2/60' })
  const from = (chain: string, extra: given.SendOptions = {}): given.SendOptions => ({
    base: ISSUER,
    address: '10.0.0.7',
    ...extra,
    headers: { host: 'auth.example', 'x-forwarded-proto': 'https', 'x-forwarded-for': chain },
  })
  const attempt = (chain: string): Promise<given.Answer> =>
    to.send(
      'POST',
      '/v1/sign-in',
      from(chain, { body: { email: 'x@example.com', password: given.PASSWORD } }),
    )
  for (let count = 0; count < 2; count += 1) await attempt(`203.0.113.${count}, 192.0.2.9`)

  assertProblem(await attempt('203.0.113.77, 192.0.2.9'), 'rate_limited')
  assertProblem(await attempt('192.0.2.10'), 'invalid_credentials')

  const made = await to.send(
    'POST',
    '/v1/api-keys',
    from('192.0.2.10', {
      key: to.adminKey,
      body: { name: 'fenced', permissions: [], allow_addresses: ['192.0.2.20'] },
    }),
  )
  const key = given.at(made.json, 'secret')
  const me = (chain: string): Promise<given.Answer> => to.send('GET', '/v1/me', from(chain, { key }))
  assertProblem(await me('192.0.2.20, 192.0.2.9'), 'credential_address_refused')
  assertProblem(await me('10.0.0.9'), 'credential_address_refused')
  assert.equal((await me('192.0.2.9, 192.0.2.20')).status, 200)
})

test('metrics are for this machine only, behind a proxy too, unless they are made public', async (t) => {
  const to = await given.authority(t, PROXIED)
  const options = { base: ISSUER, address: '10.0.0.7' }
  const headers = { host: 'auth.example', 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.9' }

  assertProblem(await to.send('GET', '/metrics', { ...options, headers }), 'not_found')

  const open = await given.authority(t, { ...PROXIED, COUNTERSIGN_METRICS_PUBLIC: 'true' })
  assert.equal((await open.send('GET', '/metrics', { ...options, headers })).status, 200)
})
