import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { makeRecoveryCodes, parseRecoveryCode, spellRecoveryCode } from './recovery-codes.ts'

const random = { bytes: (count: number): Uint8Array => randomBytes(count) }

test('ten thousand codes repeat nothing and begin alike nowhere (ASVS 6.5.3)', () => {
  const bodies = Array.from({ length: 1000 }, () => makeRecoveryCodes(random))
    .flat()
    .map((code) => code.reveal().slice(1))

  assert.equal(new Set(bodies).size, 10_000)
  for (let place = 0; place < 15; place += 1) {
    const found = Map.groupBy(bodies, (body) => body.charAt(place))
    assert.equal(found.size, 32)
    // 312.5 on average; seven standard deviations either way.
    for (const list of found.values()) assert.ok(list.length > 190 && list.length < 435)
  }
})

test('a code is read as people type it, and its number tells which one it is', () => {
  for (const [number, code] of makeRecoveryCodes(random).entries()) {
    const spelled = spellRecoveryCode(code)
    assert.match(spelled, /^\d[0-9a-z]{3}(?:-[0-9a-z]{4}){3}$/)

    const others = [
      spelled,
      spelled.toUpperCase(),
      spelled.replaceAll('-', ' '),
      ` ${code.reveal()} `,
      spelled.replaceAll('0', 'O').replaceAll('1', 'l'),
    ]
    for (const text of others) {
      const parsed = parseRecoveryCode(text)
      assert.deepEqual([parsed?.number, parsed?.code.reveal()], [number, code.reveal()], text)
    }
  }
})

test('what cannot be a code is none', () => {
  for (const text of [
    '',
    '0',
    'abcd-efgh-jkmn-pqrs',
    '0abc-defg-hjkm-npq',
    '0abc-defg-hjkm-npqrs',
    '0abc-defg-hjkm-npqu',
  ]) {
    assert.equal(parseRecoveryCode(text), null, text)
  }
})
