/** The published ceremonies of WebAuthn Level 3 §16, through the adapter that the server uses. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PASSKEY_ALGORITHMS } from '@countersign/core'
import { webauthn } from '../src/adapters/webauthn.ts'
import { accepted, derive, framed, known, packed, type Signed, type Vector } from './webauthn-vectors.ts'

const scope = { rpId: 'example.org', origins: ['https://example.org'] }
const fromHex = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url')
const idOf = ({ info, idSalt, idBytes }: Vector): string =>
  derive(info, idSalt, idBytes).toString('base64url')
const challengeOf = ({ info }: Vector, { challengeSalt }: Signed): string =>
  derive(info, challengeSalt, 32).toString('base64url')

function register(vector: Vector): ReturnType<typeof webauthn.verifyRegistration> {
  const { registration } = vector
  assert.ok(registration)
  const id = idOf(vector)
  return webauthn.verifyRegistration({
    credential: {
      id,
      rawId: id,
      type: 'public-key',
      response: {
        clientDataJSON: fromHex(registration.clientData),
        attestationObject: fromHex(registration.attestationObject),
      },
    },
    challenge: challengeOf(vector, registration),
    scope,
    algorithms: PASSKEY_ALGORITHMS,
  })
}

interface Asked {
  readonly mustVerifyUser?: boolean
  readonly signature?: string
  readonly publicKey?: string
}

function authenticate(vector: Vector, asked: Asked = {}): ReturnType<typeof webauthn.verifyAssertion> {
  const { authentication, isBackupEligible } = vector
  const id = idOf(vector)
  const { mustVerifyUser = false, signature = authentication.signature, publicKey } = asked
  return webauthn.verifyAssertion({
    credential: {
      id,
      rawId: id,
      type: 'public-key',
      response: {
        clientDataJSON: fromHex(authentication.clientData),
        authenticatorData: fromHex(authentication.authenticatorData),
        signature: fromHex(signature),
        userHandle: null,
      },
    },
    challenge: challengeOf(vector, authentication),
    scope,
    mustVerifyUser,
    mustNameUser: false,
    passkey: {
      credentialId: id,
      publicKey: publicKey ?? fromHex(vector.publicKey),
      userHandle: '',
      isBackupEligible,
    },
  })
}

for (const vector of accepted) {
  test(`${vector.section}: ${vector.info} is registered and then used`, async () => {
    const made = await register(vector)

    assert.ok(made.ok, made.ok ? '' : made.flaw)
    assert.equal(made.credentialId, idOf(vector))
    assert.equal(made.isBackupEligible, vector.isBackupEligible)
    assert.equal(made.publicKey, fromHex(vector.publicKey))
    const used = await authenticate(vector, { publicKey: made.publicKey })
    assert.ok(used.ok, used.ok ? '' : used.flaw)
    assert.equal(used.signCount, 0)
  })
}

for (const vector of known) {
  test(`${vector.section}: a use of ${vector.info} is verified with its key`, async () => {
    const used = await authenticate(vector)

    assert.ok(used.ok, used.ok ? '' : used.flaw)
  })
}

test('§16.7: a statement with a certificate that names a model is not taken', async () => {
  assert.deepEqual(await register(packed), { ok: false, flaw: 'attestation' })
})

for (const vector of framed) {
  test(`${vector.section}: ${vector.info} comes from a foreign frame and is refused`, async () => {
    assert.deepEqual(await register(vector), { ok: false, flaw: 'cross_origin' })
    assert.deepEqual(await authenticate(vector), { ok: false, flaw: 'cross_origin' })
  })
}

for (const vector of [...accepted, ...known]) {
  test(`${vector.section}: ${vector.info} with one bit of its signature turned, or another’s key`, async () => {
    const { signature } = vector.authentication
    const bytes = Buffer.from(signature, 'hex')
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
    const other = vector === packed ? 'packed-self.ES256' : 'packed.ES256'
    const key = [...accepted, ...known].find(({ info }) => info === other)?.publicKey ?? ''

    assert.deepEqual(await authenticate(vector, { signature: bytes.toString('hex') }), {
      ok: false,
      flaw: 'signature',
    })
    assert.deepEqual(await authenticate(vector, { publicKey: fromHex(key) }), {
      ok: false,
      flaw: 'signature',
    })
  })
}

test('user verification is demanded by whoever needs it: only those vectors pass that have it', async () => {
  for (const vector of [...accepted, ...known]) {
    const flags = Buffer.from(vector.authentication.authenticatorData, 'hex').readUInt8(32)
    const answer = await authenticate(vector, { mustVerifyUser: true })

    if ((flags & 0x04) !== 0) assert.ok(answer.ok)
    else assert.deepEqual(answer, { ok: false, flaw: 'user_verification' })
  }
})
