/** A program with `@countersign/client`: its own token by a signature, bound to a key, under nonces (RFC 9449 §7–§9). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiProblem, createProofKey, createProvingFetch, getProgramToken } from '@countersign/client'
import { decodeJwt, exportJWK } from 'jose'
import { givenServer, givenSpeaker } from './given.ts'

const given = await givenServer({ COUNTERSIGN_DPOP_NONCES: 'required' })
const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
  'sign',
  'verify',
])
const jwk = { ...(await exportJWK(pair.publicKey)), alg: 'ES256', kid: 'one', use: 'sig' }
const client = await givenSpeaker(given, ['notes:read'], {
  token_endpoint_auth_method: 'private_key_jwt',
  jwks: { keys: [jwk] },
  dpop_bound_access_tokens: true,
})
const options = { baseUrl: given.url, clientId: client.id, key: pair.privateKey, keyId: 'one' }

test('§5: the authority refuses it a token without a key, and under another’s signature', async () => {
  const strange = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
    'verify',
  ])
  const proofKey = await createProofKey()

  await assert.rejects(
    getProgramToken(options),
    (error) => error instanceof ApiProblem && error.code === 'invalid_dpop_proof',
  )
  await assert.rejects(
    getProgramToken({ ...options, key: strange.privateKey, proofKey }),
    (error) => error instanceof ApiProblem && error.code === 'invalid_client',
  )
})

test('§7, §8, §9: it is asked for a nonce by both endpoints, and what it got opens what it is for', async () => {
  const proofKey = await createProofKey()

  const token = await getProgramToken({ ...options, proofKey })

  assert.equal(token.tokenType, 'DPoP')
  assert.deepEqual(decodeJwt(token.accessToken.reveal()).cnf, { jkt: proofKey.jkt })
  const proving = createProvingFetch(proofKey, { accessToken: () => token.accessToken })
  assert.equal((await proving(`${given.url}/v1/me`)).status, 200)
  assert.equal((await proving(`${given.url}/v1/me?again=1`)).status, 200)
  const thief = createProvingFetch(await createProofKey(), { accessToken: () => token.accessToken })
  assert.equal((await thief(`${given.url}/v1/me`)).status, 401)
})
