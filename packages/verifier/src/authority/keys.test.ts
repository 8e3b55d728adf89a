import assert from 'node:assert/strict'
import test from 'node:test'
import { givenClaims, givenOpaque, givenPair, newId } from '../../test/given.ts'
import { givenVerifier } from '../../test/given-verifier.ts'
import { settle } from '../../test/hand-timers.ts'
import type { Verifier } from '../verifier-types.ts'

const JWKS = '/.well-known/jwks.json'
const [pair, next, secret] = [await givenPair('ES256'), await givenPair('EdDSA'), await givenPair('HS256')]
const token = (by = pair, changes: object = {}): Promise<string> => by.sign(givenClaims(changes))
const codeOf = async (verifier: Verifier, credential: string): Promise<string> => {
  const result = await verifier.verify(credential)
  return result.ok ? 'ok' : result.code
}

const badSets: Readonly<Record<string, () => Promise<Response>>> = {
  'an error': async () => new Response('{}', { status: 500 }),
  'no JSON': async () => new Response('keys', { status: 200 }),
  'no list': async () => Response.json({ keys: { ...pair.publicJwk } }),
  'no object': async () => Response.json(null),
  'two keys of one name': async () => Response.json({ keys: [pair.publicJwk, pair.publicJwk] }),
  'more keys than anybody has': async () => Response.json({ keys: Array(1_001).fill(pair.publicJwk) }),
  'a redirect': async () =>
    new Response(null, { status: 301, headers: { location: 'https://evil.example/' } }),
  nothing: () => Promise.reject(new TypeError('fetch failed')),
}
for (const [name, answer] of Object.entries(badSets)) {
  test(`before the keys were fetched no token is judged, and other credentials are: ${name}`, async (t) => {
    const { verifier, authority, timers, told } = await givenVerifier(t, {
      keys: [pair],
      prepare: (one) => {
        one.intercept = ({ path }) => (path === JWKS ? answer() : undefined)
      },
    })
    assert.equal(await codeOf(verifier, await token()), 'verifier_unavailable')
    assert.equal(await codeOf(verifier, givenOpaque('session').text), 'ok')
    assert.ok(told().includes('call_failed'))

    authority.intercept = () => undefined
    await timers.advance(1_000)
    assert.equal(await codeOf(verifier, await token()), 'ok')
    assert.ok(told().includes('call_works'))
  })
}

test('keys that are foreign, unknown, private or shared secrets are skipped, and the others are taken', async (t) => {
  const published = [
    { kty: 'EC', crv: 'P-521', alg: 'ES512', kid: 'strange', x: 'AA', y: 'AA' },
    { ...next.publicJwk, use: 'enc' },
    { ...next.publicJwk, d: 'AAAA' },
    { ...secret.publicJwk, use: 'sig' },
    'no key',
    null,
    { ...pair.publicJwk, use: 'sig' },
  ]
  const { verifier } = await givenVerifier(t, {
    prepare: (one) => {
      one.intercept = ({ path }) => (path === JWKS ? Response.json({ keys: published }) : undefined)
    },
  })
  assert.equal(verifier.stats().keys, 1)
  assert.equal(await codeOf(verifier, await token()), 'ok')
  assert.equal(await codeOf(verifier, await token(secret)), 'invalid_credential')
})

for (const algorithm of ['RS256', 'PS256'] as const) {
  test(`a ${algorithm} key that signs ID tokens alone verifies no access token`, async (t) => {
    const forIdTokens = await givenPair(algorithm)
    const published = [{ ...forIdTokens.publicJwk, countersign_purpose: 'id_token' }, pair.publicJwk]
    const { verifier } = await givenVerifier(t, {
      prepare: (one) => {
        one.intercept = ({ path }) => (path === JWKS ? Response.json({ keys: published }) : undefined)
      },
    })

    assert.equal(await codeOf(verifier, await token(forIdTokens)), 'invalid_credential')
    assert.equal(await codeOf(verifier, await token()), 'ok')
    assert.equal(verifier.stats().keys, 1)
  })
}

test('PS256 verifies no access token, whatever the key set says of it', async (t) => {
  const strange = await givenPair('PS256')
  const { verifier } = await givenVerifier(t, { keys: [pair, strange] })

  assert.equal(await codeOf(verifier, await token(strange)), 'invalid_credential')
})

test('HS256 works with keys that were shared by hand, and with no others', async (t) => {
  const { verifier } = await givenVerifier(t, { keys: [pair], sharedKeys: [secret.publicJwk] })
  assert.equal(await codeOf(verifier, await token(secret)), 'ok')
  const forged = await givenPair('HS256', pair.kid)
  assert.equal(await codeOf(verifier, await token(forged)), 'invalid_credential')
})

test('unknown keys cause one fetch in five seconds, however many tokens name them', async (t) => {
  const { verifier, authority, timers } = await givenVerifier(t, { keys: [pair] })
  const storm = async (): Promise<void> => {
    const forged = await Promise.all(
      Array.from({ length: 50 }, async () =>
        token({ ...next, sign: (claims) => next.sign(claims, { kid: newId('sig') }) }),
      ),
    )
    const codes = await Promise.all(forged.map((one) => codeOf(verifier, one)))
    assert.deepEqual([...new Set(codes)], ['invalid_credential'])
  }
  assert.equal(authority.of(JWKS).length, 1)
  await storm()
  assert.equal(authority.of(JWKS).length, 1)
  await timers.advance(5_000)
  await storm()
  await storm()
  assert.equal(authority.of(JWKS).length, 2)
  await timers.advance(5_000)
  await storm()
  assert.equal(authority.of(JWKS).length, 3)
})

test('an unknown key while the set cannot be fetched is an outage, never a guess; known keys go on', async (t) => {
  const { verifier, authority, timers } = await givenVerifier(t, { keys: [pair] })
  await timers.advance(6_000)
  authority.intercept = ({ path }) => (path === JWKS ? new Response(null, { status: 503 }) : undefined)
  authority.keys.push(next)
  for (let count = 0; count < 10; count += 1) {
    assert.equal(await codeOf(verifier, await token(next)), 'verifier_unavailable')
  }
  assert.equal(authority.of(JWKS).length, 2)
  assert.equal(await codeOf(verifier, await token()), 'ok')

  authority.intercept = () => undefined
  await timers.advance(5_000)
  assert.equal(await codeOf(verifier, await token(next)), 'ok')
})

test('rule 8: an announced key is fetched before the poll that acknowledges it', async (t) => {
  const { verifier, authority } = await givenVerifier(t, { keys: [pair] })
  const { length } = authority.asked
  authority.announce(next)
  await settle()

  const after = authority.asked.slice(length).map(({ path, query }) => query.get('after') ?? path)
  assert.deepEqual(after, [JWKS, '11'])
  assert.equal(await codeOf(verifier, await token(next)), 'ok')
  // Nothing that was signed before is hit by it.
  assert.equal(await codeOf(verifier, await token()), 'ok')
  assert.equal(verifier.stats().revokedNodes, 0)
})

test('rule 8: an announcement whose keys cannot be fetched is not acknowledged, and the lease goes on', async (t) => {
  const { verifier, authority, timers } = await givenVerifier(t, { keys: [pair] })
  authority.intercept = ({ path }) => (path === JWKS ? new Promise(() => {}) : undefined)
  authority.announce(next)
  await timers.advance(8_000)

  assert.ok(authority.polls.every(({ query }) => Number(query.get('after')) <= 10))
  assert.ok(verifier.stats().leaseHolds)
  assert.equal(await codeOf(verifier, await token()), 'ok')

  authority.intercept = () => undefined
  await timers.advance(4_000)
  assert.equal(authority.polls.at(-1)?.query.get('after'), '11')
  assert.equal(await codeOf(verifier, await token(next)), 'ok')
})

test('rule 8: a removed key takes its tokens at once, and no later set brings it back', async (t) => {
  const { verifier, authority, timers } = await givenVerifier(t, { keys: [pair, next] })
  const credential = await token()
  assert.equal(await codeOf(verifier, credential), 'ok')
  authority.revoke('signing_key', pair.kid)
  await settle()
  assert.equal(await codeOf(verifier, credential), 'invalid_credential')
  await timers.advance(301_000)
  assert.equal(
    await codeOf(verifier, await token(pair, { exp: 1_800_001_000, iat: 1_800_000_100 })),
    'invalid_credential',
  )
  assert.equal(await codeOf(verifier, await token(next, { exp: 1_800_001_000, iat: 1_800_000_100 })), 'ok')
})

test('after a lapse tokens wait for the keys, which may have changed meanwhile', async (t) => {
  const { verifier, authority, timers } = await givenVerifier(t, { keys: [pair] })
  authority.intercept = () => new Response(null, { status: 503 })
  await timers.advance(8_000)
  authority.keys = [next]
  authority.intercept = ({ path }) => (path === JWKS ? new Response(null, { status: 503 }) : undefined)
  await timers.advance(1_000)
  assert.ok(verifier.stats().leaseHolds)
  assert.equal(await codeOf(verifier, await token()), 'verifier_unavailable')

  authority.intercept = () => undefined
  await timers.advance(1_000)
  assert.equal(await codeOf(verifier, await token()), 'invalid_credential')
  assert.equal(await codeOf(verifier, await token(next)), 'ok')
})

test('the set is looked at every five minutes, and verdicts under a key that has gone go with it', async (t) => {
  const { verifier, authority, timers } = await givenVerifier(t, { keys: [pair, next] })
  const [first, second] = [await token(), await token(next)]
  for (const one of [first, second]) assert.equal(await codeOf(verifier, one), 'ok')
  authority.keys = [next]
  await timers.advance(300_000)
  assert.equal(authority.of(JWKS).length, 2)
  assert.equal(await codeOf(verifier, first), 'invalid_credential')
  assert.equal(await codeOf(verifier, second), 'ok')
})
