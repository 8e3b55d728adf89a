import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto'
import test from 'node:test'
import { keyAlgorithms } from '@countersign/protocol'
import { givenClaims, givenPair, type SigningPair } from '../../test/given.ts'
import { importKey } from './keys.ts'
import { nodeBackEnd, webBackEnd } from './signature.ts'

assert.ok(nodeBackEnd)
const backEnds = { 'node:crypto': nodeBackEnd, 'Web Crypto': webBackEnd }
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const split = (token: string): [string, string] => {
  const dot = token.lastIndexOf('.')
  return [token.slice(0, dot), token.slice(dot + 1)]
}

/** One signature in 256 begins with a zero. */
const TRIES_MAX = 8_000

async function untilLeadingZero(pair: SigningPair): Promise<[input: string, signature: string]> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const token = split(await pair.sign(givenClaims()))
    if (Buffer.from(token[1], 'base64url')[0] === 0) return token
  }
  return assert.fail('No signature began with a zero.')
}

for (const [name, backEnd] of Object.entries(backEnds)) {
  for (const algorithm of keyAlgorithms) {
    test(`${name}, ${algorithm}: what jose signed is good; another text, key or signature is not`, async () => {
      const pair = await givenPair(algorithm)
      const other = await givenPair(algorithm)
      const [input, signature] = split(await pair.sign(givenClaims()))
      const [, otherSignature] = split(await other.sign(givenClaims()))
      const { verify } = await importKey(pair.publicJwk, backEnd)

      assert.equal(await verify(input, signature), true)
      assert.equal(await verify(`${input}A`, signature), false)
      assert.equal(await verify(input.slice(0, -1), signature), false)
      assert.equal(await verify(input, otherSignature), false)
    })

    test(`${name}, ${algorithm}: any other spelling or length of the signature is refused`, async () => {
      const pair = await givenPair(algorithm)
      const [input, signature] = split(await pair.sign(givenClaims()))
      const { verify } = await importKey(pair.publicJwk, backEnd)
      const last = DIGITS.indexOf(signature.slice(-1))
      const bytes = Buffer.from(signature, 'base64url')

      const spellings = [
        // The same bytes again, with a bit set behind the last one.
        signature.slice(0, -1) + DIGITS.charAt(last + 1),
        `${signature}=`,
        `${signature}\n`,
        ` ${signature}`,
        bytes.toString('base64'),
        '',
        'A',
        bytes.subarray(1).toString('base64url'),
        Buffer.concat([bytes, Buffer.alloc(1)]).toString('base64url'),
        Buffer.concat([Buffer.alloc(1), bytes]).toString('base64url'),
        Buffer.alloc(bytes.length).toString('base64url'),
      ]
      for (const spelling of spellings) {
        assert.equal(await verify(input, spelling), false, JSON.stringify(spelling))
      }
    })

    test(`${name}, ${algorithm}: no flipped bit of the signature is good`, async () => {
      const pair = await givenPair(algorithm)
      const [input, signature] = split(await pair.sign(givenClaims()))
      const { verify } = await importKey(pair.publicJwk, backEnd)
      const bytes = Buffer.from(signature, 'base64url')

      for (let bit = 0; bit < bytes.length * 8; bit += 7) {
        const flipped = Buffer.from(bytes)
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        assert.equal(await verify(input, flipped.toString('base64url')), false, `bit ${bit}`)
      }
    })
  }

  for (const algorithm of ['RS256', 'PS256'] as const) {
    test(`${name}, ${algorithm}: RFC 8017 §8: a signature without its leading zero is refused`, async () => {
      const pair = await givenPair(algorithm)
      const { verify } = await importKey(pair.publicJwk, backEnd)
      const [input, signature] = await untilLeadingZero(pair)

      const short = Buffer.from(signature, 'base64url').subarray(1).toString('base64url')

      assert.equal(await verify(input, signature), true)
      assert.equal(await verify(input, short), false)
    })
  }

  test(`${name}: RFC 7518 §3.4: an ECDSA signature in DER is refused`, async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'sig_1', alg: 'ES256' }
    const { verify } = await importKey(jwk, backEnd)
    const toText = (dsaEncoding: 'der' | 'ieee-p1363'): string =>
      signBytes('sha256', Buffer.from('a.b'), { key: privateKey, dsaEncoding }).toString('base64url')

    assert.equal(await verify('a.b', toText('der')), false)
    assert.equal(await verify('a.b', toText('ieee-p1363')), true)
  })

  test(`${name}: RFC 8725 §2.1: an HMAC made with the public key is refused by that key`, async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = publicKey.export({ type: 'spki', format: 'pem' })
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'sig_1', alg: 'RS256' }
    const { verify } = await importKey(jwk, backEnd)

    assert.equal(await verify('a.b', createHmac('sha256', pem).update('a.b').digest('base64url')), false)
  })

  test(`${name}: RFC 8725 §3.1: a PS256 signature is not taken for RS256`, async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'sig_1', alg: 'RS256' }
    const { verify } = await importKey(jwk, backEnd)
    // RSA_PKCS1_PSS_PADDING, with a salt as long as the digest (RFC 7518 §3.5).
    const pss = signBytes('sha256', Buffer.from('a.b'), { key: privateKey, padding: 6, saltLength: 32 })

    assert.equal(await verify('a.b', pss.toString('base64url')), false)
  })
}

test('node:crypto answers at once, Web Crypto with a promise', async () => {
  const pair = await givenPair('ES256')
  const [input, signature] = split(await pair.sign(givenClaims()))

  const atOnce = importKey(pair.publicJwk, nodeBackEnd ?? webBackEnd)
  const later = importKey(pair.publicJwk, webBackEnd)

  assert.ok(!(atOnce instanceof Promise))
  assert.equal(atOnce.verify(input, signature), true)
  assert.ok(later instanceof Promise)
  assert.equal(await (await later).verify(input, signature), true)
})
