/**
 * The checks of WebAuthn Level 3 §7.2, each broken by itself: the answer is right in all but one thing, the one that
 * the step is about, and is refused for that. Counts and what is written down are tested over HTTP.
 */
import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { toRequestOptions } from '@countersign/core'
import { webauthn } from '../src/adapters/webauthn.ts'
import { broken, judge, made, newChallenge, origins, refusedUse, scope } from './ceremonies.ts'
import { type Algorithm, ORIGIN, usePasskey } from './soft-authenticator.ts'

test('§7.2: what is right is taken, with each algorithm, and says what was seen', async () => {
  for (const algorithm of [-7, -8, -257] as const satisfies readonly Algorithm[]) {
    for (const synced of [false, true]) {
      const whose = await made({ algorithm, synced })
      const challenge = newChallenge()
      const credential = usePasskey(whose.key, toRequestOptions(scope, challenge, [], 'required'))

      assert.deepEqual(await judge(whose, credential, challenge), {
        ok: true,
        signCount: synced ? 0 : 2,
        isUserVerified: true,
        isBackupEligible: synced,
        isBackedUp: synced,
      })
    }
  }
})

test('§7.2 step 5: the id of another credential, and two ids at once', async () => {
  await refusedUse({ id: randomBytes(32).toString('base64url') }, 'user_handle')
  await refusedUse({ rawId: randomBytes(32).toString('base64url') }, 'credential_id')
})

test('§7.2 step 6: the handle of somebody else, and none where nobody has said who it is', async () => {
  await refusedUse({ userHandle: randomBytes(32).toString('base64url') }, 'user_handle')
  await refusedUse({ userHandle: null }, 'user_handle')
  const known = { mustNameUser: false }
  await refusedUse({ userHandle: randomBytes(32).toString('base64url') }, 'user_handle', {}, known)
})

test('§7.2 step 6: where it is known who it is, authenticators that keep no handle are taken', async () => {
  const whose = await made()
  const challenge = newChallenge()
  const options = toRequestOptions(scope, challenge, [], 'required')

  const answer = await judge(whose, usePasskey(whose.key, options, { userHandle: null }), challenge, {
    mustNameUser: false,
  })

  assert.ok(answer.ok)
})

for (const [what, clientJson] of broken) {
  test(`§7.2 steps 8 and 9: client data that is ${what}`, () =>
    refusedUse({ ...(clientJson !== undefined && { clientJson }) }, 'malformed'))
}

for (const type of ['webauthn.create', 'WEBAUTHN.GET', 'payment.get', null]) {
  test(`§7.2 step 10: the type ${type}`, () => refusedUse({ client: { type } }, 'type'))
}

test('§7.2 step 11: another challenge', () =>
  refusedUse({ client: { challenge: newChallenge() } }, 'challenge'))

for (const origin of origins) {
  test(`§7.2 step 12: the origin ${JSON.stringify(origin)}`, () =>
    refusedUse({ client: { origin } }, 'origin'))
}

for (const crossOrigin of [true, 'false', null]) {
  test(`§7.2 step 13: a page in somebody else’s frame, crossOrigin ${JSON.stringify(crossOrigin)}`, () =>
    refusedUse({ client: { crossOrigin } }, 'cross_origin'))
}

for (const topOrigin of ['https://elsewhere.example', ORIGIN]) {
  test(`§7.2 step 14: the page around it, topOrigin ${topOrigin}`, () =>
    refusedUse({ client: { topOrigin } }, 'cross_origin'))
}

for (const rpId of ['example.com', 'app.localhost', 'LOCALHOST']) {
  test(`§7.2 step 15: an authenticator that was asked for ${rpId}`, () => refusedUse({ rpId }, 'rp_id'))
}

test('§7.2 step 15: authenticator data that ends too early, and goes on too long', async () => {
  await refusedUse({ authenticatorData: (bytes) => bytes.subarray(0, 36) }, 'malformed')
  await refusedUse({ authenticatorData: (bytes) => Buffer.concat([bytes, Buffer.from([0])]) }, 'malformed')
})

test('§7.2 step 16: nobody was there', () => refusedUse({ flags: { up: false } }, 'user_presence'))

test('§7.2 step 17: the device did not ask who it is; where it need not, that is told', async () => {
  await refusedUse({ flags: { uv: false } }, 'user_verification')
  const whose = await made()
  const challenge = newChallenge()
  const options = toRequestOptions(scope, challenge, [], 'preferred')

  const answer = await judge(whose, usePasskey(whose.key, options, { flags: { uv: false } }), challenge, {
    mustVerifyUser: false,
  })

  assert.ok(answer.ok && !answer.isUserVerified)
})

test('§7.2 step 18: backed up, but not able to be', () =>
  refusedUse({ flags: { be: false, bs: true } }, 'backup_state', { synced: true }))

test('§7.2 step 19: able to be backed up, as it was not when it was made, and the other way about', async () => {
  await refusedUse({ flags: { be: true } }, 'backup_state')
  await refusedUse({ flags: { be: false, bs: false } }, 'backup_state', { synced: true })
})

const flip =
  (place: number) =>
  (bytes: Buffer): Uint8Array => {
    const flipped = Buffer.from(bytes)
    flipped[place] = (flipped[place] ?? 0) ^ 1
    return flipped
  }

test('§7.2 steps 20 and 21: another key, a bent signature, and data that were bent after they were signed', async () => {
  const { privateKey: signer } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  await refusedUse({ signer }, 'signature')
  await refusedUse({ signature: flip(20) }, 'signature')
  await refusedUse({ signature: (bytes) => bytes.subarray(0, -1) }, 'signature')
  await refusedUse({ signature: () => Buffer.alloc(64) }, 'signature')
  // The count is the last thing in them.
  await refusedUse({ authenticatorData: flip(36) }, 'signature')
  await refusedUse({ signature: flip(20) }, 'signature', { algorithm: -8 })
  await refusedUse({ signature: flip(20) }, 'signature', { algorithm: -257 })
})

test('§7.2 step 21: client data that were bent after they were signed', async () => {
  const whose = await made()
  const challenge = newChallenge()
  const credential = usePasskey(whose.key, toRequestOptions(scope, challenge, [], 'required'))
  const said = Buffer.from(credential.response.clientDataJSON, 'base64url').toString()
  const clientDataJSON = Buffer.from(said.replace('{', '{ ')).toString('base64url')

  const answer = await judge(
    whose,
    { ...credential, response: { ...credential.response, clientDataJSON } },
    challenge,
  )

  assert.deepEqual(answer, { ok: false, flaw: 'signature' })
})

test('§7.2 step 22 is the door’s: whether a count rises is no matter of one answer', async () => {
  const whose = await made()
  const challenge = newChallenge()
  const options = toRequestOptions(scope, challenge, [], 'required')

  const answer = await judge(whose, usePasskey(whose.key, options, { signCount: 0 }), challenge)

  assert.ok(answer.ok && answer.signCount === 0)
})

test('nobody’s passkey is refused like one that signs wrongly, whatever was signed', async () => {
  const { key } = await made()
  const challenge = newChallenge()
  const credential = usePasskey(key, toRequestOptions(scope, challenge, [], 'required'))

  const answer = await webauthn.verifyAssertion({
    credential,
    challenge,
    scope,
    mustVerifyUser: true,
    mustNameUser: true,
    passkey: null,
  })

  assert.deepEqual(answer, { ok: false, flaw: 'signature' })
})
