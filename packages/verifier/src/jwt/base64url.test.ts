import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { parseBase64url, withAtob } from './base64url.ts'

const decoders = { Buffer: parseBase64url, atob: withAtob }

for (const [name, parse] of Object.entries(decoders)) {
  test(`${name}: RFC 4648 §3.5: bits behind the last byte are refused`, () => {
    assert.deepEqual([...(parse('QQ') ?? [])], [0x41])
    for (const text of ['QR', 'QS', 'QX', 'Qf', 'QUJ', 'QUK', 'QUH']) assert.equal(parse(text), null, text)
  })

  test(`${name}: padding, white space, plain base64 and impossible lengths are refused`, () => {
    const texts = ['QQ==', 'QQ=', 'Q', 'QUJDR', ' QQ', 'QQ\n', 'Q Q', '-+', 'ab+d', 'ab/d', 'ab.d', 'ab=d']
    for (const text of texts) assert.equal(parse(text), null, JSON.stringify(text))
  })

  test(`${name}: characters beyond ASCII that end in a digit's bits are refused`, () => {
    for (const text of ['QU\u0141B', '\u0141\u0141\u0141\u0141', 'QUJ\u00c4', '\uff21QQQ', '🙂QQ']) {
      assert.equal(parse(text), null, JSON.stringify(text))
    }
  })

  test(`${name}: every string of bytes is read back from its one spelling`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const spelled = Buffer.from(bytes).toString('base64url')
        assert.deepEqual([...(parse(spelled) ?? [])], [...bytes])
      }),
    )
  })
}

test('both decoders refuse and accept the same texts', () => {
  const character = fc.constantFrom(...'ABCdef019-_+/= .\n\u0141')
  fc.assert(
    fc.property(fc.array(character, { maxLength: 12 }), (characters) => {
      const text = characters.join('')
      const [left, right] = [parseBase64url(text), withAtob(text)]
      assert.deepEqual(left && [...left], right && [...right], JSON.stringify(text))
    }),
    { numRuns: 2_000 },
  )
})
