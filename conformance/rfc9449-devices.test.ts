/** Devices without a browser that prove a key (RFC 9449 §5 with the token request of RFC 8628 §3.4). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt } from 'jose'
import { givenFlow } from './code-flow.ts'
import {
  type Answer,
  advanceSeconds,
  assertOAuthError,
  at,
  givenPerson,
  type RegisteredClient,
  refreshForm,
} from './given.ts'
import { athOf, givenSigner, type Signer } from './proof-signer.ts'

const { given, register, signedIn } = await givenFlow()
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'
const TOKEN = `${given.url}/oauth/token`

const registerDevice = (more: object = {}): Promise<RegisteredClient> =>
  register({ name: 'A lock', grant_types: [DEVICE_CODE, 'refresh_token'], redirect_uris: [], ...more })
const lock = await registerDevice()
const signer = await givenSigner()
const stranger = await givenSigner()

interface Begun {
  readonly clientId: string
  readonly deviceCode: string
  readonly userCode: string
}

async function begin(clientId = lock.id): Promise<Begun> {
  const form = { client_id: clientId, scope: 'notes:read' }
  const { json } = await given.post('/oauth/device_authorization', form)
  return { clientId, deviceCode: at(json, 'device_code'), userCode: at(json, 'user_code') }
}

async function allow({ userCode }: Begun): Promise<void> {
  const browser = await signedIn((await givenPerson(given, ['notes:read'])).email)
  const page = await browser.submit(await browser.open('/device'), { user_code: userCode })
  assert.match((await browser.submit(page, { decision: 'allow' })).text, /id="device-allowed"/)
}

const proofBy = async (by: Signer): Promise<Record<string, string>> => ({ dpop: await by.prove(TOKEN) })

const ask = ({ clientId, deviceCode }: Begun, headers: Record<string, string> = {}): Promise<Answer> =>
  given.post(
    '/oauth/token',
    { grant_type: DEVICE_CODE, device_code: deviceCode, client_id: clientId },
    { headers },
  )

const refresh = (token: string, headers: Record<string, string> = {}): Promise<Answer> =>
  given.post('/oauth/token', refreshForm(token, { client_id: lock.id }), { headers })

test('§5: a bad proof is told before anything about the code, uses it not up and slows nobody down', async () => {
  const begun = await begin()
  await allow(begun)

  for (const dpop of ['proof', await signer.prove(`${given.url}/oauth/device_authorization`)]) {
    assertOAuthError(await ask(begun, { dpop }), 400, 'invalid_dpop_proof')
  }
  const unknown = await ask({ ...begun, deviceCode: 'x'.repeat(43) }, { dpop: 'proof' })
  assertOAuthError(unknown, 400, 'invalid_dpop_proof')
  assert.equal((await ask(begun, await proofBy(signer))).status, 200)
})

test('§11.1: a proof is good for one of a device’s questions', async () => {
  const begun = await begin()
  const proof = await proofBy(signer)
  assertOAuthError(await ask(begun, proof), 400, 'authorization_pending')
  advanceSeconds(5)

  assertOAuthError(await ask(begun, proof), 400, 'invalid_dpop_proof')
  assertOAuthError(await ask(begun, await proofBy(signer)), 400, 'authorization_pending')
})

test('§5: the key of the last question binds both tokens, whatever the ones before proved', async () => {
  const begun = await begin()
  assertOAuthError(await ask(begun, await proofBy(stranger)), 400, 'authorization_pending')
  await allow(begun)
  advanceSeconds(5)

  const { status, text, json } = await ask(begun, await proofBy(signer))

  assert.equal(status, 200, text)
  assert.equal(json.token_type, 'DPoP')
  const bearer = at(json, 'access_token')
  assert.deepEqual(decodeJwt(bearer).cnf, { jkt: signer.jkt })
  assert.equal((await given.send('GET', '/v1/me', { bearer })).status, 401)
  const proof = await signer.prove(`${given.url}/v1/me`, 'GET', { ath: athOf(bearer) })
  const headers = { authorization: `DPoP ${bearer}`, dpop: proof }
  assert.equal((await given.send('GET', '/v1/me', { headers })).status, 200)
  const token = at(json, 'refresh_token')
  assertOAuthError(await refresh(token), 400, 'invalid_dpop_proof')
  assertOAuthError(await refresh(token, await proofBy(stranger)), 400, 'invalid_dpop_proof')
  const next = await refresh(token, await proofBy(signer))
  assert.equal(next.status, 200, next.text)
  assert.deepEqual(decodeJwt(at(next.json, 'access_token')).cnf, { jkt: signer.jkt })
})

test('§5.2: a device that is registered for bound tokens learns nothing of its code without a proof', async () => {
  const bound = await registerDevice({ dpop_bound_access_tokens: true })
  const begun = await begin(bound.id)
  assertOAuthError(await ask(begun), 400, 'invalid_dpop_proof')
  await allow(begun)

  assertOAuthError(await ask(begun), 400, 'invalid_dpop_proof')
  const { json } = await ask(begun, await proofBy(signer))
  assert.equal(json.token_type, 'DPoP')
})

test('two keys at once: one of them is given tokens, bound to it', async () => {
  const begun = await begin()
  await allow(begun)
  const signers = [signer, stranger, signer, stranger]
  const proofs = await Promise.all(signers.map(proofBy))

  const answers = await Promise.all(proofs.map((proof) => ask(begun, proof)))

  const [won, ...others] = answers.flatMap((answer, index) =>
    answer.status === 200 ? [{ answer, jkt: signers[index]?.jkt }] : [],
  )
  assert.equal(others.length, 0)
  assert.deepEqual(decodeJwt(at(won?.answer.json ?? {}, 'access_token')).cnf, { jkt: won?.jkt })
})
