// Each check of RFC 9449 §4.3 by a proof in which one thing is wrong.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { NOW_SECONDS } from '../../test/given.ts'
import { athOf, givenProofSigner } from '../../test/given-proof.ts'
import { type ProofRules, readProof } from './proof.ts'

const signer = await givenProofSigner()
const TOKEN = 'an.access.token'
const URL = 'https://api.example.com/orders'
const rules: ProofRules = {
  method: 'POST',
  urls: [URL],
  nowMs: NOW_SECONDS * 1000,
  accessToken: TOKEN,
  isNonce: null,
}
const good = { htm: 'POST', htu: URL, ath: athOf(TOKEN) }
const prove = (claims: object = {}, header: object = {}) =>
  signer.prove({ ...good, ...claims }, { ...header })

async function flawOf(
  proof: Parameters<typeof readProof>[0],
  changes: Partial<ProofRules> = {},
): Promise<string> {
  const read = await readProof(proof, { ...rules, ...changes })
  return read.ok ? 'none' : read.flaw
}

test('D-01: there is one header with one proof', async () => {
  const one = await prove()

  assert.equal(await flawOf(null), 'missing')
  assert.equal(await flawOf(''), 'malformed')
  assert.equal(await flawOf([one, await prove()]), 'malformed')
  assert.equal(await flawOf(`${one}, ${await prove()}`), 'malformed')
  assert.equal(await flawOf(one), 'none')
})

test('D-02: it is a JWT in compact form', async () => {
  const [header, payload, signature] = (await prove()).split('.')

  for (const text of [
    'a',
    'a.b',
    `${header}.${payload}`,
    `${header}.${payload}.${signature}.`,
    `${header}..x`,
  ])
    assert.equal(await flawOf(text), 'malformed', text)
})

for (const [name, value] of [
  ['jti', undefined],
  ['jti', ''],
  ['jti', 7],
  ['jti', 'x'.repeat(201)],
  ['htm', undefined],
  ['htu', undefined],
  ['iat', undefined],
  ['iat', `${NOW_SECONDS}`],
] as const) {
  test(`D-03: ${name} ${value === undefined ? 'is missing' : `is ${JSON.stringify(value).slice(0, 20)}`}`, async () => {
    assert.equal(await flawOf(await prove({ [name]: value })), 'claims')
  })
}

for (const typ of ['JWT', 'at+jwt', 'client-authentication+jwt', '', undefined]) {
  test(`D-04: a JWT of type ${typ ?? 'none'} is no proof`, async () => {
    assert.equal(await flawOf(await prove({}, { typ })), 'malformed')
  })
}

/** A header that no library would write. */
const forge = (header: object, signature = 'AAAA'): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = { jti: 'a', iat: NOW_SECONDS, ...good }
  return `${part({ typ: 'dpop+jwt', jwk: signer.jwk, ...header })}.${part(claims)}.${signature}`
}

for (const alg of ['none', 'None', 'HS256', 'RS256', 'PS256', 'ES384', 'es256', undefined]) {
  test(`D-05: the algorithm ${alg ?? 'that is not named'} is none of ours`, async () => {
    assert.equal(await flawOf(forge({ alg })), 'algorithm')
  })
}

test('D-06: the signature is that of the key, over exactly this', async () => {
  const other = await givenProofSigner()
  const proof = await prove()
  const [header = '', payload = '', signature = ''] = proof.split('.')
  const changed = Buffer.from(payload, 'base64url').toString().replace('POST', 'PUT1')

  assert.equal(await flawOf(await other.prove(good, { jwk: signer.jwk })), 'signature')
  const moved = [header, Buffer.from(changed).toString('base64url'), signature].join('.')
  assert.equal(await flawOf(moved), 'signature')
  assert.equal(await flawOf(forge({ alg: 'ES256' })), 'signature')
})

test('D-06: a public key is no shared secret, and a curve’s key none of another algorithm', async () => {
  const edwards = await givenProofSigner('EdDSA')
  const [header = '', payload = ''] = (await prove()).split('.')
  const mac = createHmac('sha256', JSON.stringify(signer.jwk))
    .update(`${header}.${payload}`)
    .digest('base64url')

  assert.equal(await flawOf([header, payload, mac].join('.')), 'signature')
  assert.equal(await flawOf(forge({ alg: 'ES256', jwk: edwards.jwk })), 'key')
  assert.equal(await flawOf(forge({ alg: 'EdDSA' })), 'key')
  assert.equal(await flawOf(forge({ alg: 'ES256', jwk: { kty: 'oct', k: 'A'.repeat(43) } })), 'key')
})

for (const jwk of [
  undefined,
  null,
  'text',
  signer.privateJwk,
  { ...signer.jwk, k: 'AAAA' },
  { ...signer.jwk, alg: 'ES384' },
  { ...signer.jwk, use: 'enc' },
  { ...signer.jwk, x: signer.jwk.y },
]) {
  test(`D-07: ${JSON.stringify(jwk)?.slice(0, 40)}… is no public key to prove with`, async () => {
    assert.equal(await flawOf(forge({ alg: 'ES256', jwk })), 'key')
  })
}

for (const member of ['jku', 'x5u', 'x5c', 'crit', 'b64', 'enc']) {
  test(`D-07: a header with ${member} asks for more than a signature by its own key`, async () => {
    assert.equal(await flawOf(forge({ alg: 'ES256', [member]: 'https://evil.example.com/' })), 'malformed')
  })
}

test('D-08: another method is another request', async () => {
  for (const htm of ['GET', 'post', 'POST ', ''])
    assert.equal(await flawOf(await prove({ htm })), 'method', htm)
})

for (const htu of [
  'https://api.example.com/orders/',
  'https://api.example.com/Orders',
  'https://api.example.com/orders/1',
  'https://api.example.com/',
  'https://api.example.com.evil.example/orders',
  'https://evil.example/orders',
  'http://api.example.com/orders',
  'https://api.example.com:8443/orders',
  'https://user@api.example.com/orders',
  'https://api.example.com/%6frders%2f',
  '/orders',
  '',
]) {
  test(`D-09: a proof for ${htu === '' ? 'no address' : htu} is for another request`, async () => {
    assert.equal(await flawOf(await prove({ htu })), 'url')
  })
}

for (const htu of [
  'https://api.example.com/orders?page=2#top',
  'HTTPS://API.example.COM:443/orders',
  'https://api.example.com/a/../orders',
  'https://api.example.com/%6Frders',
]) {
  test(`D-09: ${htu} is the same address in another spelling`, async () => {
    assert.equal(await flawOf(await prove({ htu })), 'none')
  })
}

test('D-10: where nonces are asked for, one that is missing or wrong is told apart, and only in a good proof', async () => {
  const isNonce = (nonce: string): boolean => nonce === 'ours'

  assert.equal(await flawOf(await prove(), { isNonce }), 'nonce')
  assert.equal(await flawOf(await prove({ nonce: 'theirs' }), { isNonce }), 'nonce')
  assert.equal(await flawOf(await prove({ nonce: ['ours'] }), { isNonce }), 'nonce')
  assert.equal(await flawOf(await prove({ nonce: 'theirs', htm: 'GET' }), { isNonce }), 'method')
  assert.equal(await flawOf(await prove({ nonce: 'ours' }), { isNonce }), 'none')
})

test('D-11: a proof lives a minute, and half a minute before its time', async () => {
  assert.equal(await flawOf(await prove({ iat: NOW_SECONDS - 61 })), 'time')
  assert.equal(await flawOf(await prove({ iat: NOW_SECONDS + 31 })), 'time')
  assert.equal(await flawOf(await prove({ iat: NOW_SECONDS - 60 })), 'none')
  assert.equal(await flawOf(await prove({ iat: NOW_SECONDS + 30 })), 'none')
})

test('D-12: it was made for this access token', async () => {
  assert.equal(await flawOf(await prove({ ath: undefined })), 'token')
  assert.equal(await flawOf(await prove({ ath: athOf('another.access.token') })), 'token')
  assert.equal(await flawOf(await prove({ ath: TOKEN })), 'token')
  assert.equal(await flawOf(await prove({ ath: undefined }), { accessToken: null }), 'none')
})

test('D-13: what is told of a good one is the thumbprint of RFC 7638, and a name that no other one has', async () => {
  for (const algorithm of ['ES256', 'EdDSA'] as const) {
    const one = await givenProofSigner(algorithm)

    const read = await readProof(await one.prove({ ...good, jti: 'jti-1' }), rules)
    assert.ok(read.ok)
    const again = await readProof(await one.prove({ ...good, jti: 'jti-2' }), rules)
    assert.ok(again.ok)

    assert.equal(read.proof.jkt, one.jkt)
    assert.equal(read.proof.id, `${one.jkt} jti-1`)
    assert.equal(read.proof.expiresAtMs, (NOW_SECONDS + 61) * 1000)
    assert.deepEqual([again.proof.jkt, again.proof.id], [one.jkt, `${one.jkt} jti-2`])
  }
})

test('RFC 7638 §3.1 in the words of RFC 9449 §6.1: the published proof and its thumbprint', async () => {
  const proof =
    'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg'

  const read = await readProof(proof, {
    method: 'POST',
    urls: ['https://server.example.com/token'],
    nowMs: 1_562_262_616_000,
    accessToken: null,
    isNonce: null,
  })

  assert.ok(read.ok)
  assert.equal(read.proof.jkt, '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I')
})
