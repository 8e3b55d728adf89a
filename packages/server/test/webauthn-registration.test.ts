/**
 * The checks of WebAuthn Level 3 §7.1, each broken by itself: the answer is right in all but one thing, the one that
 * the step is about, and is refused for that. Step 26 and what is written down are tested over HTTP.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { toCreationOptions } from '@countersign/core'
import type { Cbor } from './cbor.ts'
import { broken, made, newChallenge, origins, refusedMaking, register, scope, user } from './ceremonies.ts'
import { type Algorithm, type BentMaking, makePasskey, ORIGIN } from './soft-authenticator.ts'

test('§7.1: what is right is taken, with each algorithm that is offered, and says what was seen', async () => {
  for (const algorithm of [-7, -8, -257] as const satisfies readonly Algorithm[]) {
    const challenge = newChallenge()
    const { key, credential } = makePasskey(toCreationOptions(scope, user, challenge, []), { algorithm })

    const { publicKey, ...seen } = await register(credential, challenge).then((one) =>
      one.ok ? one : assert.fail(one.flaw),
    )

    assert.deepEqual(seen, {
      ok: true,
      credentialId: key.id,
      aaguid: '00000000-0000-0000-0000-000000000000',
      signCount: 1,
      isUserVerified: true,
      isBackupEligible: false,
      isBackedUp: false,
    })
    assert.ok(publicKey.length > 40)
  }
})

for (const [what, clientJson] of broken) {
  test(`§7.1 steps 5 and 6: client data that is ${what}`, () =>
    refusedMaking({ ...(clientJson !== undefined && { clientJson }) }, 'malformed'))
}

for (const type of ['webauthn.get', 'WEBAUTHN.CREATE', 'payment.create', null]) {
  test(`§7.1 step 7: the type ${type}`, () => refusedMaking({ client: { type } }, 'type'))
}

test('§7.1 step 8: another challenge, and the same in another spelling', async () => {
  await refusedMaking({ client: { challenge: newChallenge() } }, 'challenge')
  const challenge = newChallenge()
  const { credential } = makePasskey(toCreationOptions(scope, user, `${challenge}=`, []))
  assert.deepEqual(await register(credential, challenge), { ok: false, flaw: 'challenge' })
})

for (const origin of origins) {
  test(`§7.1 step 9: the origin ${JSON.stringify(origin)}`, () =>
    refusedMaking({ client: { origin } }, 'origin'))
}

for (const crossOrigin of [true, 'false', null]) {
  test(`§7.1 step 10: a page in somebody else’s frame, crossOrigin ${JSON.stringify(crossOrigin)}`, () =>
    refusedMaking({ client: { crossOrigin } }, 'cross_origin'))
}

for (const topOrigin of ['https://elsewhere.example', ORIGIN]) {
  test(`§7.1 step 11: the page around it, topOrigin ${topOrigin}`, () =>
    refusedMaking({ client: { topOrigin } }, 'cross_origin'))
}

const halves: readonly (readonly [string, (bytes: Buffer) => Uint8Array])[] = [
  ['cut short', (bytes) => bytes.subarray(0, -1)],
  ['with a byte behind it', (bytes) => Buffer.concat([bytes, Buffer.from([0])])],
  ['empty', () => Buffer.alloc(0)],
  ['no CBOR', () => Buffer.from('ff', 'hex')],
  ['no map', () => Buffer.from('83010203', 'hex')],
]

for (const [what, attestationObject] of halves) {
  test(`§7.1 step 13: an attestation object that is ${what}`, async () => {
    await refusedMaking({ attestationObject }, 'malformed')
  })
}

test('§7.1 step 13: authenticator data that ends too early, and goes on too long', async () => {
  await refusedMaking({ authenticatorData: (bytes) => bytes.subarray(0, 36) }, 'malformed')
  await refusedMaking({ authenticatorData: (bytes) => Buffer.concat([bytes, Buffer.from([1])]) }, 'malformed')
  // Without the flag AT there is no credential in it.
  const withoutKey = (bytes: Buffer): Buffer => {
    const short = Buffer.from(bytes.subarray(0, 37))
    short[32] = 5
    return short
  }
  await refusedMaking({ authenticatorData: withoutKey }, 'malformed')
})

for (const rpId of ['example.com', 'app.localhost', 'LOCALHOST']) {
  test(`§7.1 step 14: an authenticator that was asked for ${rpId}`, () => refusedMaking({ rpId }, 'rp_id'))
}

test('§7.1 step 15: nobody was there', () => refusedMaking({ flags: { up: false } }, 'user_presence'))

test('§7.1 step 16: who it is need not be asked when a passkey is made, and it is told', async () => {
  const challenge = newChallenge()
  const { credential } = makePasskey(toCreationOptions(scope, user, challenge, []), { flags: { uv: false } })

  const answer = await register(credential, challenge)

  assert.ok(answer.ok && !answer.isUserVerified)
})

test('§7.1 step 17: backed up, but not able to be', () =>
  refusedMaking({ flags: { bs: true, be: false } }, 'backup_state'))

test('§7.1 step 20: a key of an algorithm that was not offered, of none, and of another than it says', async () => {
  await refusedMaking({ cose: (map) => map.set(3, -36) }, 'algorithm')
  await refusedMaking({ cose: (map) => map.set(3, -65535) }, 'algorithm')
  await refusedMaking({ cose: (map) => map.delete(3) }, 'algorithm')
  await refusedMaking({ cose: (map) => map.set(3, -8) }, 'algorithm')
  await refusedMaking({ cose: (map) => map.set(1, 3) }, 'algorithm')
  await refusedMaking({ cose: (map) => map.set(-1, 2) }, 'algorithm')
})

test('§7.1 step 20: a key that nobody can verify with, and one that takes long', async () => {
  await refusedMaking({ cose: (map) => map.set(-3, Buffer.alloc(32, 5)) }, 'algorithm')
  await refusedMaking({ cose: (map) => map.set(-3, Buffer.alloc(31, 5)) }, 'algorithm')
  await refusedMaking({ cose: (map) => map.delete(-3) }, 'algorithm')
  await refusedMaking({ algorithm: -8, cose: (map) => map.set(-2, Buffer.alloc(33)) }, 'algorithm')
  const rsa = (label: number, bytes: number): BentMaking => ({
    algorithm: -257,
    cose: (map) => map.set(label, Buffer.alloc(bytes, 0xff)),
  })
  for (const bytes of [128, 1024]) await refusedMaking(rsa(-1, bytes), 'algorithm')
  await refusedMaking(rsa(-2, 200), 'algorithm')
})

for (const format of ['fido-u2f', 'android-safetynet', 'android-key', 'apple', 'tpm', 'NONE', '']) {
  test(`§7.1 step 21: the attestation format ${JSON.stringify(format)}, which nobody asked for`, () =>
    refusedMaking({ format }, 'attestation'))
}

const selfSigned: NonNullable<BentMaking['statement']> = ({ algorithm, sign, signed }) =>
  new Map<string, Cbor>([
    ['alg', algorithm],
    ['sig', sign(signed)],
  ])

test('§7.1 step 22: a statement where there should be none; a self attestation that does not hold', async () => {
  await refusedMaking({ statement: () => new Map([['x', 1]]) }, 'attestation')
  await made({ format: 'packed', statement: selfSigned })
  const format = 'packed'
  const bend = (change: (map: Map<string, Cbor>) => void): BentMaking => ({
    format,
    statement: (own) => {
      const map = new Map(selfSigned(own))
      change(map)
      return map
    },
  })
  await refusedMaking(
    bend((map) => map.set('alg', -8)),
    'attestation',
  )
  await refusedMaking(
    bend((map) => map.set('sig', Buffer.alloc(70))),
    'attestation',
  )
  await refusedMaking(
    bend((map) => map.delete('sig')),
    'attestation',
  )
})

test('§7.1 steps 23 and 24: certificates, which no policy here trusts', () =>
  refusedMaking(
    {
      format: 'packed',
      statement: (own) => new Map([...selfSigned(own), ['x5c', [Buffer.alloc(8)]]]),
    },
    'attestation',
  ))

test('§7.1 step 25: a credential id of more than 1023 bytes, of none, and another than was handed in', async () => {
  await made({ credentialId: randomBytes(1023) })
  await refusedMaking({ credentialId: randomBytes(1024) }, 'credential_id')
  await refusedMaking({ credentialId: Buffer.alloc(0) }, 'credential_id')
  await refusedMaking({ id: randomBytes(32).toString('base64url') }, 'credential_id')
  await refusedMaking({ rawId: randomBytes(32).toString('base64url') }, 'credential_id')
})
