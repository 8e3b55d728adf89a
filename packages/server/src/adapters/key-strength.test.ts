import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { assertStrongHmacKey, decodeKey, weaknessOfKey, weaknessOfKeyText } from './key-strength.ts'

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

test('RFC 8725 §3.5: short keys and human passwords are refused as HMAC keys', () => {
  const weak = [
    '',
    'secret',
    'your-256-bit-secret',
    'supersecretsupersecretsupersecret1234567890',
    'My-Secret-Key-2026-For-Countersign-HS256-Tokens',
    'correct-horse-battery-staple-correct-horse',
    'the cat sat on the mat and ate the rat 2026',
    'ThisIsAVeryLongSecretKeyThatNobodyWillGuess1',
    'THE LONGEST PASSPHRASE THAT ANYBODY CAN TYPE',
    'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
    'xK9xK9xK9xK9xK9xK9xK9xK9xK9xK9xK9xK9',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'deadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef',
  ]

  for (const text of weak) assert.throws(() => assertStrongHmacKey(bytesOf(text)), /The HMAC key/, text)
})

test('bytes that are equal, repeated or counted are refused', () => {
  const weak = [
    new Uint8Array(32),
    new Uint8Array(64).fill(0x5a),
    new Uint8Array(32).map((_, index) => index),
    new Uint8Array(32).map((_, index) => 255 - index * 3),
    new Uint8Array(32).map((_, index) => (index % 16) * 11),
    new Uint8Array(32).map((_, index) => (index * index) % 7),
    new Uint8Array(31).map((_, index) => (index * index * 41) % 251),
    new Uint8Array(513).map((_, index) => (index * index * 41) % 251),
  ]

  for (const bytes of weak) assert.notEqual(weaknessOfKey(bytes), null, Buffer.from(bytes).toString('hex'))
})

test('a passphrase is refused as it was typed, although it decodes to bytes that look random', () => {
  const typed = 'correct-horse-battery-staple-correct-horse-x'

  assert.notEqual(weaknessOfKeyText(typed), null)
})

test('no refusal repeats the key', () => {
  for (const text of ['zebra-horse-battery-staple-zebra-horse', 'zebra']) {
    assert.throws(
      () => assertStrongHmacKey(bytesOf(text)),
      (error) => error instanceof Error && !error.message.includes('zebra'),
    )
  }
})

test('random keys are accepted as bytes, hex and base64', () => {
  for (let index = 0; index < 2000; index += 1) {
    const bytes = randomBytes(32)
    const forms = [bytes.toString('base64url'), bytes.toString('base64'), bytes.toString('hex')]

    assert.equal(weaknessOfKey(bytes), null, bytes.toString('hex'))
    for (const text of forms) {
      assert.equal(weaknessOfKeyText(text), null, text)
      assert.equal(weaknessOfKey(bytesOf(text)), null, text)
    }
  }
})

test('keys are read from base64url and base64, and from nothing else', () => {
  for (const text of ['', '=', 'a', 'ab cd', 'ab+/_-', 'abc!', 'abcde', 'abcd====']) {
    assert.equal(decodeKey(text), null, text)
  }

  const bytes = new Uint8Array(randomBytes(32))
  for (const encoding of ['base64', 'base64url'] as const) {
    assert.deepEqual(decodeKey(Buffer.from(bytes).toString(encoding)), bytes)
  }
})
