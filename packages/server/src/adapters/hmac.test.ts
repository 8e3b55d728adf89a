/** HMAC-SHA-256 against published vectors and the platform's own. */
import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createHmacSha256 } from './hmac.ts'

test('RFC 4231 §4: test cases 1 and 2, with keys of up to one block', () => {
  const cases = [
    ['0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    [
      Buffer.from('Jefe').toString('hex'),
      'what do ya want for nothing?',
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
  ] as const
  for (const [key, text, expected] of cases) {
    assert.equal(
      createHmacSha256(Buffer.from(key, 'hex'))(text),
      Buffer.from(expected, 'hex').toString('base64url'),
    )
  }
})

test('it agrees with the platform on random keys and texts of every length around a block', () => {
  for (let length = 0; length <= 64; length += 1) {
    const key = randomBytes(length)
    const mac = createHmacSha256(key)
    for (const characters of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 1365, 1366, 5000]) {
      const text = randomBytes(characters).toString('latin1')
      const expected = createHmac('sha256', key).update(text).digest('base64url')
      assert.equal(mac(text), expected, `${length} ${characters}`)
    }
  }
})

test('a key of more than one block is refused, and one that is changed afterwards changes nothing', () => {
  assert.throws(() => createHmacSha256(Buffer.alloc(65)), RangeError)
  const key = randomBytes(32)
  const mac = createHmacSha256(key)
  const before = mac('text')
  key.fill(0)
  assert.equal(mac('text'), before)
})

test('what is not ASCII is hashed as UTF-8, and a text says nothing of the one before it', () => {
  const key = randomBytes(32)
  const mac = createHmacSha256(key)
  for (const text of [
    'x'.repeat(4096),
    'ünïcödé ✓ 🗝',
    '€'.repeat(1365),
    '\ud800',
    'a',
    '€'.repeat(1366),
    '',
  ]) {
    assert.equal(mac(text), createHmac('sha256', key).update(text).digest('base64url'), text)
  }
})
