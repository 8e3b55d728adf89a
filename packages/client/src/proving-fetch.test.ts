import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { Secret } from '@countersign/protocol'
import { decodeJwt, decodeProtectedHeader, generateKeyPair, importJWK, jwtVerify } from 'jose'
import { getProgramToken } from './client-credentials.ts'
import { algorithmOf } from './jws.ts'
import { createProofKey } from './proof-key.ts'
import { createProvingFetch } from './proving-fetch.ts'

const API = 'https://api.example/notes'
const key = await createProofKey()

/** Answers in turn, and keeps what came. */
function fakeServer(...answers: readonly Response[]): { fetch: typeof fetch; seen: Request[] } {
  const seen: Request[] = []
  const left = [...answers]
  return {
    seen,
    fetch: async (input, init) => {
      seen.push(new Request(input, init))
      return left.shift() ?? new Response(null, { status: 204 })
    },
  }
}

const nonceWanted = (nonce: string): Response =>
  new Response(null, {
    status: 401,
    headers: { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': nonce },
  })

const proofOf = (request: Request | undefined): string => request?.headers.get('dpop') ?? assert.fail()
const nonceOf = (request: Request | undefined): unknown => decodeJwt(proofOf(request)).nonce

test('a key for proofs cannot be taken out, and one of another kind is none', async () => {
  const rsa = { name: 'RSA-PSS', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) } as const
  const other = await crypto.subtle.generateKey({ ...rsa, hash: 'SHA-256' }, false, ['sign', 'verify'])

  await assert.rejects(createProofKey(other), TypeError)
  assert.throws(() => algorithmOf(other.privateKey), TypeError)
  assert.throws(() => algorithmOf(key.pair.publicKey), TypeError)
  await assert.rejects(crypto.subtle.exportKey('jwk', key.pair.privateKey))
  assert.equal((await createProofKey(key.pair)).jkt, key.jkt)
})

test('each request has a proof of its own, for its method, address and token', async () => {
  const server = fakeServer()
  const proving = createProvingFetch(key, { fetch: server.fetch, accessToken: () => new Secret('a.b.c') })

  await proving(`${API}?page=2#end`, { method: 'POST', body: 'text' })
  await proving(API)

  const [first, second] = server.seen
  assert.equal(first?.headers.get('authorization'), 'DPoP a.b.c')
  assert.equal(first?.redirect, 'error')
  assert.equal(await first?.text(), 'text')
  const { jwk, typ, alg } = decodeProtectedHeader(proofOf(first))
  assert.deepEqual([typ, alg, Object.keys(jwk ?? {})], ['dpop+jwt', 'ES256', ['crv', 'kty', 'x', 'y']])
  const { payload } = await jwtVerify(proofOf(first), await importJWK(jwk ?? {}, 'ES256'))
  const ath = createHash('sha256').update('a.b.c').digest('base64url')
  assert.deepEqual([payload.htm, payload.htu, payload.ath, payload.nonce], ['POST', API, ath, undefined])
  assert.notEqual(decodeJwt(proofOf(second)).jti, payload.jti)
})

test('RFC 9449 §9: a nonce that is asked for is used at once, with the same body, and kept for that server alone', async () => {
  const server = fakeServer(nonceWanted('n-1'))
  const proving = createProvingFetch(key, { fetch: server.fetch, accessToken: () => 'a.b.c' })

  const answer = await proving(API, { method: 'POST', body: 'text' })
  await proving(API)
  await proving('https://other.example/')

  assert.equal(answer.status, 204)
  assert.equal(await server.seen[1]?.text(), 'text')
  assert.deepEqual(server.seen.map(nonceOf), [undefined, 'n-1', 'n-1', undefined])
})

test('RFC 9449 §8.2: who asks for nonces again and again is asked twice, and other refusals once', async () => {
  const refused = new Response(null, { status: 401, headers: { 'dpop-nonce': 'n-3' } })
  const nameless = new Response(JSON.stringify({ error: 'use_dpop_nonce' }), { status: 400 })
  const server = fakeServer(nonceWanted('n-1'), nonceWanted('n-2'), refused, nameless)
  const proving = createProvingFetch(key, { fetch: server.fetch })

  const statuses = [await proving(API), await proving(API), await proving(API)].map(({ status }) => status)

  assert.deepEqual(statuses, [401, 401, 400])
  assert.deepEqual(server.seen.map(nonceOf), [undefined, 'n-1', 'n-2', 'n-3'])
  assert.equal(server.seen[0]?.headers.has('authorization'), false)
})

test('a token that was to be bound and is not, or is none, is thrown away', async () => {
  const pair = await generateKeyPair('EdDSA')
  const options = { baseUrl: 'https://authority.example', clientId: 'cli', keyId: 'k', key: pair.privateKey }
  const body = JSON.stringify({ access_token: 'a.b.c', token_type: 'Bearer', expires_in: 300 })
  const server = fakeServer(new Response(body), new Response('{}'), new Response(body))

  await assert.rejects(getProgramToken({ ...options, proofKey: key, fetch: server.fetch }), {
    reason: 'unexpected_answer',
  })
  await assert.rejects(getProgramToken({ ...options, fetch: server.fetch }), { reason: 'unexpected_answer' })
  const token = await getProgramToken({ ...options, fetch: server.fetch })

  assert.equal(token.accessToken.reveal(), 'a.b.c')
  const form = new URLSearchParams(await server.seen[2]?.text())
  const { payload } = await jwtVerify(form.get('client_assertion') ?? '', pair.publicKey)
  assert.deepEqual([payload.iss, payload.sub, payload.aud], ['cli', 'cli', options.baseUrl])
})
