import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import test from 'node:test'
import { type ParsedJwk, parseJwk } from './jwk.ts'

type Members = Readonly<Record<string, unknown>>

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed = generateKeyPairSync('ed25519')
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const keys: Readonly<Record<string, Members>> = {
  ES256: { ...ec.publicKey.export({ format: 'jwk' }), kid: 'sig_1', alg: 'ES256', use: 'sig' },
  EdDSA: { ...ed.publicKey.export({ format: 'jwk' }), kid: 'sig_1', alg: 'EdDSA' },
  RS256: { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'sig_1', alg: 'RS256' },
  HS256: { kty: 'oct', k: randomBytes(32).toString('base64url'), kid: 'sig_1', alg: 'HS256' },
}
const bytes = (count: number, first = 0xff): string =>
  Buffer.concat([Buffer.from([first]), Buffer.alloc(count - 1, 1)]).toString('base64url')
const isRefused = (parsed: ParsedJwk): void => assert.equal(parsed.ok, false, JSON.stringify(parsed))

for (const [algorithm, jwk] of Object.entries(keys)) {
  test(`${algorithm}: a key of its kind is taken, with nothing but what makes it`, () => {
    const parsed = parseJwk({ ...jwk, ext: true, comment: 'mine' })

    assert.ok(parsed.ok)
    assert.equal(parsed.kid, 'sig_1')
    assert.equal(parsed.material.algorithm, algorithm)
    assert.deepEqual(Object.keys(parsed.material.jwk).includes('comment'), false)
  })

  test(`${algorithm}: a missing member or one of another type is refused`, () => {
    for (const member of Object.keys(jwk).filter((name) => name !== 'use')) {
      for (const value of [undefined, null, 1, '', {}, []]) isRefused(parseJwk({ ...jwk, [member]: value }))
    }
  })

  test(`RFC 8725 §3.1: ${algorithm}: a key of one kind is not taken for another algorithm`, () => {
    for (const alg of ['ES256', 'EdDSA', 'RS256', 'HS256', 'none', 'ES384', 'es256', 'HS512']) {
      if (alg !== algorithm) isRefused(parseJwk({ ...jwk, alg }))
    }
    // The two of RSA have one kind of key, of which `alg` says what it is for.
    if (algorithm !== 'RS256') isRefused(parseJwk({ ...jwk, alg: 'PS256' }))
  })

  test(`RFC 7517 §4.2, §4.3: ${algorithm}: a key for something else is refused`, () => {
    isRefused(parseJwk({ ...jwk, use: 'enc' }))
    isRefused(parseJwk({ ...jwk, use: '' }))
    isRefused(parseJwk({ ...jwk, key_ops: ['sign'] }))
    isRefused(parseJwk({ ...jwk, key_ops: 'verify' }))
    assert.ok(parseJwk({ ...jwk, key_ops: ['verify'] }).ok)
  })

  test(`${algorithm}: private members are refused, and not repeated in the problem`, () => {
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth']) {
      const parsed = parseJwk({ ...jwk, [member]: 'very-secret' })
      isRefused(parsed)
      assert.ok(!JSON.stringify(parsed).includes('very-secret'))
    }
  })
}

test('RFC 7518 §3.2: an HMAC key of 31 bytes is refused, one of 32 is taken', () => {
  isRefused(parseJwk({ ...keys.HS256, k: bytes(31) }))
  assert.ok(parseJwk({ ...keys.HS256, k: bytes(32) }).ok)
  isRefused(parseJwk({ ...keys.HS256, k: `${bytes(32)}=` }))
})

test('RFC 7518 §3.3: RSA below 2048 bits and beyond 8192 is refused', () => {
  isRefused(parseJwk({ ...keys.RS256, n: bytes(128) }))
  isRefused(parseJwk({ ...keys.RS256, n: bytes(256, 0x7f) }))
  isRefused(parseJwk({ ...keys.RS256, n: bytes(257, 0x00) }))
  isRefused(parseJwk({ ...keys.RS256, n: bytes(1025) }))
  assert.ok(parseJwk({ ...keys.RS256, n: bytes(256, 0x80) }).ok)
  assert.ok(parseJwk({ ...keys.RS256, n: bytes(1024) }).ok)
})

test('FIPS 186-5 §A.1.1: small, even, padded and huge public exponents are refused', () => {
  const exponents = [[1], [3], [0], [1, 0, 0], [0, 1, 0, 1], [0, 3], [1, 0, 0, 0, 1], [255, 255]]
  for (const exponent of exponents) {
    isRefused(parseJwk({ ...keys.RS256, e: Buffer.from(exponent).toString('base64url') }))
  }
})

test('coordinates of another length are refused', () => {
  for (const member of ['x', 'y']) {
    for (const count of [31, 33]) isRefused(parseJwk({ ...keys.ES256, [member]: bytes(count) }))
  }
  for (const count of [31, 33]) isRefused(parseJwk({ ...keys.EdDSA, x: bytes(count) }))
  isRefused(parseJwk({ ...keys.ES256, crv: 'secp256k1' }))
  isRefused(parseJwk({ ...keys.EdDSA, crv: 'X25519' }))
})

test('what is no object, and a `kid` beyond its bound, is refused', () => {
  for (const value of [null, undefined, 'key', 1, [], () => keys.ES256]) isRefused(parseJwk(value))
  isRefused(parseJwk({ ...keys.ES256, kid: 'k'.repeat(129) }))
})
