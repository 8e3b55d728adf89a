import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import type { SigningMaterial } from '@countersign/core'
import {
  type AccessTokenClaims,
  type KeyAlgorithm,
  Secret,
  type SigningAlgorithm,
  signingAlgorithms,
} from '@countersign/protocol'
import { importJWK, jwtVerify } from 'jose'
import { ACCESS_TOKEN_CHARACTERS_MAX, createKeyMaker, createSigner } from './signing.ts'

const id = 'sig_01k00000000000000000000000'
const claims: AccessTokenClaims = {
  iss: 'http://localhost:4000',
  sub: 'acc_01k00000000000000000000000',
  aud: 'http://localhost:4000',
  exp: 4_000_000_900,
  iat: 4_000_000_000,
  jti: 'jwt_01k00000000000000000000000',
  client_id: 'first-party',
  scope: 'pool:enter gym:*',
  epoch: 'epoch',
  pos: 7,
}
const maker = createKeyMaker()

async function createMaterial(algorithm: KeyAlgorithm) {
  const pair = await maker.generate(algorithm)
  const material: SigningMaterial = { id, algorithm, privateKey: pair.privateKey }
  return { material, publicJwk: pair.publicJwk }
}

const pem = (pair: { privateKey: { export(options: { type: 'pkcs8'; format: 'pem' }): string | Buffer } }) =>
  new Secret(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())

test('a key that is not one for its algorithm does not sign', async () => {
  const p256 = pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }))
  const p384 = pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }))
  const ed448 = pem(generateKeyPairSync('ed448'))
  const rsa2048 = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }))
  const wrong: [SigningAlgorithm, Secret][] = [
    ['ES256', p384],
    ['ES256', rsa2048],
    ['EdDSA', ed448],
    ['EdDSA', p256],
    ['RS256', rsa2048],
    ['RS256', p256],
    ['HS256', p256],
  ]

  for (const [algorithm, privateKey] of wrong) {
    assert.throws(() => createSigner().sign({ id, algorithm, privateKey }, claims), Error, algorithm)
  }
})

test('RFC 8725 §3.5: a short or human HS256 key does not sign', () => {
  for (const text of [
    '',
    'c2VjcmV0',
    Buffer.from('correct horse battery staple again').toString('base64url'),
  ]) {
    const material: SigningMaterial = { id, algorithm: 'HS256', privateKey: new Secret(text) }
    assert.throws(() => createSigner().sign(material, claims), Error, text)
  }
})

test('a token beyond 4,096 characters is refused, naming the largest claim', async () => {
  const { material } = await createMaterial('ES256')
  const large = { ...claims, scope: 'pool:enter '.repeat(400) }

  assert.throws(
    () => createSigner().sign(material, large),
    /over the limit of 4096; its largest claim is `scope`/,
  )
})

test('a token of exactly the limit is signed', async () => {
  const { material } = await createMaterial('HS256')
  const signer = createSigner()
  const spare = ACCESS_TOKEN_CHARACTERS_MAX - signer.sign(material, { ...claims, scope: '' }).length
  const scope = 'x'.repeat(Math.floor((spare * 3) / 4) - 2)

  assert.ok(signer.sign(material, { ...claims, scope }).length <= ACCESS_TOKEN_CHARACTERS_MAX)
  assert.throws(() => signer.sign(material, { ...claims, scope: `${scope}xxxxxxxx` }), /over the limit/)
})

test('fractions, infinities and claims outside the allow list are not signed', async () => {
  const { material } = await createMaterial('HS256')
  const signer = createSigner()
  const extra = { ...claims, email: 'ada@example.com' }

  for (const bad of [
    { iat: 1.5 },
    { exp: Number.POSITIVE_INFINITY },
    { pos: Number.NaN },
    { auth_time: 0.1 },
  ]) {
    assert.throws(() => signer.sign(material, { ...claims, ...bad }), /whole numbers/)
  }
  assert.throws(() => signer.sign(material, extra), /allow list/)
})

for (const algorithm of signingAlgorithms) {
  test(`${algorithm}: an independent library verifies the token, and refuses it altered`, async () => {
    const { material, publicJwk } = await createMaterial(algorithm)
    const key = publicJwk ?? { kty: 'oct', k: material.privateKey.reveal() }

    const text = createSigner().sign(material, claims)

    const options = { algorithms: [algorithm], typ: 'at+jwt', issuer: claims.iss }
    const verified = await jwtVerify(text, await importJWK(key, algorithm), options)
    assert.deepEqual(verified.payload, { ...claims })
    assert.deepEqual(verified.protectedHeader, { alg: algorithm, typ: 'at+jwt', kid: id })
    const [header, , signature] = text.split('.')
    const payload = Buffer.from(JSON.stringify({ ...claims, scope: '*' })).toString('base64url')
    await assert.rejects(
      jwtVerify(`${header}.${payload}.${signature}`, await importJWK(key, algorithm), options),
      /signature verification failed/,
    )
  })
}

test('a key for PS256 signs ID tokens, which an independent library verifies, and no access token', async () => {
  const { material, publicJwk } = await createMaterial('PS256')
  const about = { iss: claims.iss, sub: claims.sub, aud: 'an-app', exp: claims.exp, iat: claims.iat }
  const signer = createSigner()

  assert.throws(() => signer.sign(material, claims), /not signed with PS256/)
  const text = signer.signIdToken(material, { ...about, auth_time: 1, amr: ['pwd'], at_hash: 'x' })

  const options = { algorithms: ['PS256'], typ: 'JWT', audience: 'an-app' }
  const verified = await jwtVerify(text, await importJWK(publicJwk ?? {}, 'PS256'), options)
  assert.equal(verified.payload.sub, claims.sub)
  await assert.rejects(
    jwtVerify(text, await importJWK(publicJwk ?? {}, 'RS256'), { algorithms: ['RS256'] }),
    /not allowed/,
  )
})

test('public keys say their algorithm and use and hold nothing private', async () => {
  for (const [algorithm, members] of [
    ['ES256', ['alg', 'crv', 'kty', 'use', 'x', 'y']],
    ['EdDSA', ['alg', 'crv', 'kty', 'use', 'x']],
    ['RS256', ['alg', 'e', 'kty', 'n', 'use']],
  ] as const) {
    const { publicJwk, material } = await createMaterial(algorithm)
    assert.deepEqual(Object.keys(publicJwk ?? {}).sort(), members)
    assert.equal(publicJwk?.alg, algorithm)
    assert.equal(publicJwk?.use, 'sig')
    assert.match(material.privateKey.reveal(), /^-----BEGIN PRIVATE KEY-----\n/)
    if (algorithm === 'RS256') assert.equal(Buffer.from(publicJwk?.n ?? '', 'base64url').length, 384)
  }
  const shared = await createMaterial('HS256')
  assert.equal(shared.publicJwk, null)
  assert.equal(Buffer.from(shared.material.privateKey.reveal(), 'base64url').length, 32)
})

test('a key that changes under its id is read anew, and many keys do not pile up', async () => {
  const signer = createSigner(2)
  const [one, two] = [await createMaterial('HS256'), await createMaterial('HS256')]
  const ids = ['sig_a', 'sig_b', 'sig_c', 'sig_a']

  const first = signer.sign(one.material, claims)
  const second = signer.sign(two.material, claims)
  const spread = ids.map((kid) => signer.sign({ ...one.material, id: kid }, claims))

  assert.notEqual(first, second)
  assert.equal(signer.sign(one.material, claims), first)
  assert.equal(spread[0], spread[3])
  assert.equal(new Set(spread.map((text) => createHash('sha256').update(text).digest('hex'))).size, 3)
})
