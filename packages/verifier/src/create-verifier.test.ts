import assert from 'node:assert/strict'
import test from 'node:test'
import { AUDIENCE, givenOpaque, ISSUER } from '../test/given.ts'
import { givenVerifier, KEY } from '../test/given-verifier.ts'
import { createVerifier } from './create-verifier.ts'
import type { VerifierOptions } from './verifier-types.ts'

const good: VerifierOptions = {
  issuer: ISSUER,
  audience: AUDIENCE,
  key: KEY,
  fetch: () => Promise.reject(new TypeError('fetch failed')),
  timers: { set: () => () => {} },
}
const wrong: Readonly<Record<string, Partial<VerifierOptions>>> = {
  'a plain HTTP issuer': { issuer: 'http://auth.example.com' },
  'a plain HTTP address': { authorityUrl: 'http://10.0.0.1:4000' },
  'a host that only looks like this machine': { authorityUrl: 'http://localhost.example.com' },
  'no URL at all': { issuer: 'auth.example.com' },
  'another protocol': { authorityUrl: 'ftp://auth.example.com' },
  'no audience': { audience: [] },
  'an empty audience': { audience: '' },
  'a session token for a key': { key: givenOpaque('session').text },
  'a key of another style': { credentialStyle: { prefix: 'acme', environment: 'live' } },
  'a mistyped key': { key: KEY.slice(0, -1) },
  'more leeway than entries are kept for': { leewaySeconds: 31 },
  'no bound': { bounds: { verdictsMax: 0 } },
  'nobody to be watched': { bounds: { watchedMax: -1 } },
}
for (const [name, changes] of Object.entries(wrong)) {
  test(`settings that cannot be meant are refused: ${name}`, () => {
    assert.throws(
      () => createVerifier({ ...good, ...changes }),
      (error) => error instanceof RangeError || error instanceof TypeError,
    )
  })
}

test('loopback may be plain HTTP, and an address of its own does not change the issuer', async () => {
  for (const authorityUrl of [
    'http://localhost:4000',
    'http://127.0.0.1:4000/',
    'http://[::1]:4000',
    'https://10.0.0.1',
  ]) {
    const asked: string[] = []
    const verifier = createVerifier({
      ...good,
      authorityUrl,
      fetch: (input) => {
        asked.push(`${input}`)
        return Promise.reject(new TypeError('fetch failed'))
      },
    })
    assert.equal(verifier.issuer, ISSUER)
    assert.ok(
      asked.every((url) => url.startsWith(`${authorityUrl.replace(/\/$/, '')}/`)),
      asked.join(),
    )
    await verifier.close()
  }
})

test('every call carries the API key in its header, and follows no redirect', async (t) => {
  const seen: unknown[] = []
  const { authority, verifier } = await givenVerifier(t, {
    prepare: (one) => {
      const honest = one.fetch
      Object.assign(one, {
        fetch: ((input, init) => {
          seen.push(init?.redirect)
          return honest(input, init)
        }) satisfies typeof fetch,
      })
    },
  })
  await verifier.verify(givenOpaque('session').text)
  assert.ok(authority.asked.length >= 4)
  for (const { headers, path } of authority.asked) {
    assert.equal(headers.get('authorization'), `ApiKey ${KEY}`)
    assert.ok(!path.includes(KEY))
  }
  assert.deepEqual([...new Set(seen)], ['manual'])
})

test('`ready` waits for the lease and the keys', async (t) => {
  const { verifier, authority, timers } = await givenVerifier(t, {
    prepare: (one) => {
      one.intercept = () => new Response(null, { status: 503 })
    },
  })
  let isReady = false
  const ready = verifier.ready().then(() => {
    isReady = true
  })
  await timers.advance(3_000)
  authority.intercept = ({ path }) =>
    path.endsWith('jwks.json') ? new Response(null, { status: 503 }) : undefined
  await timers.advance(3_000)
  assert.deepEqual([isReady, verifier.stats().leaseHolds], [false, true])
  authority.intercept = () => undefined
  await timers.advance(3_000)
  await ready
  await verifier.ready()
})
