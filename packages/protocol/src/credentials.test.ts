import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import test from 'node:test'
import { crc32 as zlibCrc32 } from 'node:zlib'
import fc from 'fast-check'
import {
  type CredentialStyle,
  crc32,
  OPAQUE_CREDENTIAL_CHARACTERS_MAX,
  parseOpaqueCredential,
  toDisplayPrefix,
  toOpaqueCredential,
  toSecretText,
} from './credentials.ts'
import { toId } from './ids.ts'

const style: CredentialStyle = { prefix: 'cs', environment: 'live' }
const keyId = toId('key', Date.UTC(2026, 0, 1), randomBytes(10))
const spelled = toOpaqueCredential(style, 'api_key', keyId, toSecretText(randomBytes(32))).reveal()

test('every changed character makes a credential unreadable', () => {
  for (let index = 0; index < spelled.length; index += 1) {
    const other = spelled[index] === 'x' ? 'y' : 'x'
    const changed = spelled.slice(0, index) + other + spelled.slice(index + 1)
    assert.equal(parseOpaqueCredential(changed, style), null, `character ${index}`)
  }
})

test('another prefix, another environment, white space, more or less text: refused', () => {
  assert.equal(parseOpaqueCredential(spelled, { prefix: 'gym', environment: 'live' }), null)
  assert.equal(parseOpaqueCredential(spelled, { prefix: 'cs', environment: 'test' }), null)
  for (const text of [
    ` ${spelled}`,
    `${spelled}\n`,
    spelled.slice(1),
    spelled.slice(0, -1),
    `${spelled}0`,
    '',
  ]) {
    assert.equal(parseOpaqueCredential(text, style), null)
  }
  assert.equal(parseOpaqueCredential('a'.repeat(1_000_000), style), null)
})

test('what was spelled is read back: kind, id and secret', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.constantFrom('ses', 'gra', 'key'),
      fc.constantFrom('live' as const, 'test' as const),
      (random, prefix, environment) => {
        const id = toId(prefix, 1_767_225_600_000, random.subarray(0, 10))
        const kinds = { ses: 'session', gra: 'refresh', key: 'api_key' } as const
        const secret = toSecretText(random)
        const own = { prefix: 'gym2', environment }
        const text = toOpaqueCredential(own, kinds[prefix], id as never, secret).reveal()
        const parsed = parseOpaqueCredential(text, own)
        assert.equal(parsed?.kind, kinds[prefix])
        assert.equal(parsed?.id, id)
        assert.equal(parsed?.secret.reveal(), secret.reveal())
        assert.ok(text.length <= OPAQUE_CREDENTIAL_CHARACTERS_MAX)
      },
    ),
  )
})

test('a secret has room for all 256 bits', () => {
  assert.equal(toSecretText(new Uint8Array(32).fill(255)).reveal().length, 43)
  assert.equal(toSecretText(new Uint8Array(32)).reveal(), '0'.repeat(43))
  assert.throws(() => toSecretText(new Uint8Array(31)), RangeError)
  const seen = new Set(Array.from({ length: 5000 }, () => toSecretText(randomBytes(32)).reveal()))
  assert.equal(seen.size, 5000)
})

test('a secret is its bytes as one number in base 62', () => {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (random) => {
      let expected = ''
      let rest = BigInt(`0x${Buffer.from(random).toString('hex')}`)
      for (; expected.length < 43; rest /= 62n) expected = digits.charAt(Number(rest % 62n)) + expected
      assert.equal(toSecretText(random).reveal(), expected)
    }),
  )
})

test('the checksum is the CRC-32 that everybody else computes', () => {
  for (const text of ['', 'a', '123456789', createHash('sha256').update('x').digest('hex')]) {
    assert.equal(crc32(text), zlibCrc32(text))
  }
})

test('what is shown of a credential ends before its secret', () => {
  const shown = toDisplayPrefix(style, 'api_key', keyId)
  assert.ok(spelled.startsWith(`${shown}_`))
  assert.equal(shown.length, 'cs_keylive_'.length + 26)
})
