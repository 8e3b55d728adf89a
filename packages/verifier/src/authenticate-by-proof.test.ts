// An access token that is bound to a key, at a resource server (RFC 9449 §7).

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { givenClaims, givenOpaque, givenPair, givenVerdict } from '../test/given.ts'
import { athOf, givenProofSigner } from '../test/given-proof.ts'
import { type GivenVerifierOptions, givenVerifier } from '../test/given-verifier.ts'

const pair = await givenPair('ES256')
const signer = await givenProofSigner()
const URL = 'https://api.example.com/orders'
const asked = { method: 'GET', urls: [URL] }

async function given(t: TestContext, options: GivenVerifierOptions = {}) {
  const all = await givenVerifier(t, { keys: [pair], ...options })
  const claims = givenClaims({ cnf: { jkt: signer.jkt } })
  const token = await pair.sign(claims)
  const prove = (more: Record<string, unknown> = {}) =>
    signer.prove({ htm: 'GET', htu: URL, ath: athOf(token), ...more })
  const send = (authorization: string, dpop?: string | readonly string[]) =>
    all.verifier.authenticate({ authorization, apiKey: null, cookie: null, dpop }, asked)
  return { ...all, token, claims, prove, send }
}

type Answer = Awaited<ReturnType<Awaited<ReturnType<typeof given>>['send']>>
const codeOf = (answer: Answer): string => (answer.ok ? 'ok' : answer.code)

test('with a proof it is good, each time with another proof', async (t) => {
  const { token, prove, send } = await given(t)

  const first = await send(`DPoP ${token}`, await prove())
  assert.ok(first.ok)
  assert.equal(first.credential.jkt, signer.jkt)
  assert.equal(codeOf(await send(`dpop ${token}`, await prove())), 'ok')
})

test('§7.2: a bound token is refused as a bearer token, with a proof beside it and after it was seen', async (t) => {
  const { verifier, token, prove, send } = await given(t)

  assert.equal(codeOf(await send(`Bearer ${token}`)), 'invalid_credential')
  assert.equal(codeOf(await send(`Bearer ${token}`, await prove())), 'invalid_credential')
  assert.equal(codeOf(await send(`DPoP ${token}`, await prove())), 'ok')
  assert.equal(codeOf(await send(`Bearer ${token}`)), 'invalid_credential')
  const verified = await verifier.verify(token)
  assert.ok(!verified.ok)
  assert.equal(verifier.recall('authorization', `Bearer ${token}`), null)
  assert.equal(verifier.recall('authorization', `DPoP ${token}`), null)
})

test('a token that is bound to nothing is none of this scheme, whatever the proof', async (t) => {
  const { send } = await given(t)
  const token = await pair.sign(givenClaims())
  const proof = await signer.prove({ htm: 'GET', htu: URL, ath: athOf(token) })

  assert.equal(codeOf(await send(`DPoP ${token}`, proof)), 'invalid_credential')
  assert.equal(codeOf(await send(`Bearer ${token}`)), 'ok')
})

test('without a proof, with a used one, with two, or with one of another key or token it is refused', async (t) => {
  const { token, prove, send } = await given(t)
  const stranger = await givenProofSigner()
  const used = await prove()
  assert.equal(codeOf(await send(`DPoP ${token}`, used)), 'ok')

  for (const [what, proof] of [
    ['none', undefined],
    ['used', used],
    ['two', [await prove(), await prove()]],
    ['another key', await stranger.prove({ htm: 'GET', htu: URL, ath: athOf(token) })],
    ['another token', await prove({ ath: athOf('x.y.z') })],
    ['another method', await prove({ htm: 'POST' })],
    ['another address', await prove({ htu: 'https://evil.example/orders' })],
  ] as const) {
    assert.equal(codeOf(await send(`DPoP ${token}`, proof)), 'invalid_dpop_proof', what)
  }
})

test('of twenty who use one proof at once, one gets in', async (t) => {
  const { token, prove, send } = await given(t)
  const proof = await prove()

  const answers = await Promise.all(Array.from({ length: 20 }, () => send(`DPoP ${token}`, proof)))

  assert.deepEqual(answers.map(codeOf).sort(), [...Array(19).fill('invalid_dpop_proof'), 'ok'])
})

test('a proof does not save a token that is bad, and a bad token uses no proof up', async (t) => {
  const { authority, claims, token, prove, send } = await given(t)
  const proof = await prove()
  authority.entries = []

  const [header, , signature] = token.split('.')
  const forged = `${header}.${Buffer.from(JSON.stringify({ ...claims, scope: '*' })).toString('base64url')}.${signature}`
  const forgedProof = await prove({ ath: athOf(forged) })
  assert.equal(codeOf(await send(`DPoP ${forged}`, forgedProof)), 'invalid_credential')
  assert.equal(codeOf(await send(`DPoP ${token}`, proof)), 'ok')
})

test('a proof from before this process began is refused: the one before it may have taken it', async (t) => {
  const { clock, authority, token, prove, send } = await given(t)
  const now = Math.floor(authority.nowMs() / 1000)

  assert.equal(codeOf(await send(`DPoP ${token}`, await prove({ iat: now - 1 }))), 'invalid_dpop_proof')
  clock.advance(3000)
  assert.equal(codeOf(await send(`DPoP ${token}`, await prove({ iat: now + 1 }))), 'ok')
})

test('processes that share who has used what take a proof once among them; an outage lets nobody in', async (t) => {
  const used = new Set<string>()
  const useOnce = (proof: string): boolean => !used.has(proof) && used.add(proof) === used
  const one = await given(t, { proofs: { useOnce } })
  const other = await given(t, { proofs: { useOnce } })
  const proof = await one.prove()

  assert.equal(codeOf(await one.send(`DPoP ${one.token}`, proof)), 'ok')
  assert.equal(codeOf(await other.send(`DPoP ${one.token}`, proof)), 'invalid_dpop_proof')
  const broken = await given(t, { proofs: { useOnce: () => Promise.reject(new Error('away')) } })
  await assert.rejects(async () => broken.send(`DPoP ${broken.token}`, await broken.prove()))
})

test('§9: with a key for nonces the first proof is answered with one, and the next one is good', async (t) => {
  const { token, prove, send } = await given(t, {
    proofs: { nonceKey: Buffer.alloc(32, 1).toString('base64url') },
  })

  const first = await send(`DPoP ${token}`, await prove())
  assert.ok(!first.ok)
  assert.equal(first.code, 'use_dpop_nonce')
  assert.equal(codeOf(await send(`DPoP ${token}`, await prove({ nonce: 'guessed' }))), 'use_dpop_nonce')
  assert.equal(codeOf(await send(`DPoP ${token}`, await prove({ nonce: first.nonce }))), 'ok')
})

test('a whole request says itself what was asked for', async (t) => {
  const { verifier, token, prove } = await given(t)
  const send = async (method: string, proof: string) =>
    codeOf(
      await verifier.authenticate(
        new Request(`${URL}?page=2`, { method, headers: { authorization: `DPoP ${token}`, dpop: proof } }),
      ),
    )

  assert.equal(await send('POST', await prove()), 'invalid_dpop_proof')
  assert.equal(await send('GET', await prove()), 'ok')
})

test('an answer of the authority that says nothing of the key, about a token that has one, lets nobody in online', async (t) => {
  const { verifier, authority, claims, token, prove } = await given(t)
  const about = givenVerdict(givenOpaque('session').text)
  const credential = { ...about.credential, kind: 'access_token', id: `${claims.jti}` } as const
  const online = { ...asked, freshness: 'online' } as const
  const send = async (dpop: string) =>
    codeOf(
      await verifier.authenticate(
        { authorization: `DPoP ${token}`, apiKey: null, cookie: null, dpop },
        online,
      ),
    )

  authority.judge = () => ({ ...about, credential, position: authority.head + 1 })
  assert.equal(await send(await prove()), 'invalid_credential')
  authority.judge = () => ({
    ...about,
    credential: { ...credential, jkt: signer.jkt },
    position: authority.head,
  })
  assert.equal(await send(await prove()), 'ok')
})
