import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { Secret } from '@countersign/protocol'
import type { CommonPasswords } from '../ports.ts'
import { checkNewPassword, normalizePassword, type PasswordContext, type PasswordRefusal } from './policy.ts'

const common: CommonPasswords = {
  has: (text) => ['password', 'sunshine', 'iloveyou', 'hunter2', 'maria', 'polniypizdec0211'].includes(text),
}
const ada: PasswordContext = {
  email: 'ada.lovelace@analytical-engines.example',
  name: 'Ada Lovelace',
  words: ['countersign', 'Gym'],
}

function outcome(password: string, options: { lengthMin?: number; context?: PasswordContext } = {}) {
  const policy = { lengthMin: options.lengthMin ?? 15 }
  const check = checkNewPassword(new Secret(password), options.context ?? ada, policy, common)
  return check.ok ? 'ok' : check.code
}

function refuses(code: PasswordRefusal, passwords: readonly string[]): void {
  for (const password of passwords) assert.equal(outcome(password), code, password)
}

function accepts(passwords: readonly string[]): void {
  for (const password of passwords) assert.equal(outcome(password), 'ok', password)
}

test('6.2.1: fourteen code points are too short, fifteen are enough', () => {
  refuses('password_too_short', [
    '',
    'tennis umbrell',
    '🎾🏀🏐🏓🥊🎳🎱🏸🏒🥅⛳🏹🎣🥋',
    'é'.normalize('NFD').repeat(14),
  ])

  accepts(['tennis umbrella', '🎾🏀🏐🏓🥊🎳🎱🏸🏒🥅⛳🏹🎣🥋🛼'])
})

test('no policy goes below eight code points', () => {
  assert.equal(outcome('tnumbre', { lengthMin: 1 }), 'password_too_short')

  assert.equal(outcome('tnumbrel', { lengthMin: 1 }), 'ok')
  assert.equal(outcome('tnumbrel', { lengthMin: 8 }), 'ok')
})

test('fifteen lone surrogates are no characters, since UTF-8 would make them all one', () => {
  refuses('password_too_short', ['\ud83d'.repeat(15), `tennis ${'\udc00'.repeat(20)}`])
})

test('6.2.9: 256 code points are accepted, also of four bytes; 257 are too long', () => {
  const phrase = 'tennis umbrella '.repeat(17)
  refuses('password_too_long', [phrase.slice(0, 257), '🎾'.repeat(257), 'x'.repeat(5_000_000)])

  accepts([
    phrase.slice(0, 256),
    phrase.slice(0, 128),
    phrase.slice(0, 64),
    '🎾'.repeat(256),
    '🎾'.repeat(64),
  ])
})

test('6.2.4: a password from the list is refused whole, in any case', () => {
  refuses('password_too_common', ['polniypizdec0211', 'PolniyPizdec0211', 'ｐｏｌｎｉｙｐｉｚｄｅｃ０２１１'])

  accepts(['polniypizdec0211 tennis umbrella'])
})

test('a common password repeated, mirrored or misspelled in the usual way is refused', () => {
  refuses('password_too_common', [
    'passwordpassword',
    'PasswordPassword',
    'passwordpasswordpas',
    'password-password',
    'password password password',
    'hunter2hunter2hunter2',
    'drowssapdrowssap',
    'P@ssw0rdP@ssw0rd',
    'p455w0rdp455w0rd',
    'aaaaaaaaaaaaaaa',
    'abcabcabcabcabcabc',
    '1111111111111111',
  ])

  accepts([
    'tennis umbrella tennis umbrella',
    '🎾'.repeat(15),
    'passwords are for people',
    'x7#qv2x7#qv2x7#qv2',
  ])
})

test('a common password between digits and signs is refused', () => {
  refuses('password_too_common', [
    'Password2026!!!',
    '2026-password-1',
    'password1234567890',
    '!!!!sunshine!!!!',
    '$unshine20262026',
    'iloveyou1234567',
    'maria1111111111111',
    'PasswordPassword1',
    'Sunshine 1987 !!!!!!!!',
  ])

  accepts(['maria 5550 8261 7394', 'a sunshine password', 'password of my dentist', '84629175038264913'])
})

test('walks over the keyboard, the alphabet and the numbers are refused', () => {
  refuses('password_too_common', [
    '123456789012345',
    '98765432109876543210',
    '1234567890qwertyuiop',
    'qwertyuiopasdfgh',
    'qwertzuiopasdfgh',
    'azertyuiopqsdfgh',
    'йцукенгшщзфывап',
    '1qaz2wsx3edc4rfv',
    '1qazxsw23edcvfr4',
    'qazwsxedcrfvtgb',
    'q1w2e3r4t5y6u7i8',
    '1324354657687980',
    '1213141516171819',
    '112233445566778899',
    '122333444455555',
    '123456789101112',
    '!@#$%^&*()!@#$%^&*()',
    'abcdefghijklmnopqrst',
    'zyxwvutsrqponmlk',
    'qwe123qwe123qwe123',
  ])

  accepts(['we were there 12345', 'qwerty is a keyboard', 'abcdefg tennis 123', '31415926535897932'])
})

test('6.2.11: a password made of the address, the name or the service is refused', () => {
  refuses('password_contains_context', [
    'ada.lovelace.2026',
    'Lovelace-1815-12-10',
    'lovelaceadalovelace',
    'L0vel@ce L0vel@ce',
    'analytical-engines1',
    'countersign2026!!',
    'C0untersign 2026',
    'gymcountersigngym',
    '83651729countersign',
    'countersigns 2026',
  ])

  accepts([
    'lovelace plays tennis',
    'my ada 8361 7290 4455',
    'countersign is a long word',
    'engine 4 umbrella',
  ])
})

test('a context without words refuses nothing, and top-level domains are no words', () => {
  const context: PasswordContext = { email: 'x@y.photography', name: null, words: [] }

  assert.equal(outcome('photography 2026', { context }), 'ok')
})

test('6.2.5: there are no rules of composition', () => {
  accepts([
    'ubrzqhdpxkwjmfnstygc',
    '31415926535897932',
    'тихий океан и лодка',
    'كلمة السر الطويلة جدا',
    '   tennis   umbrella   ',
  ])
})

test('6.2.8: what is hashed is the password in NFC, unchanged otherwise', () => {
  const typed = '  Tennis Umbrella é '.normalize('NFD')

  const check = checkNewPassword(new Secret(typed), ada, { lengthMin: 15 }, common)

  assert.ok(check.ok)
  assert.equal(check.normalized.reveal(), '  Tennis Umbrella é '.normalize('NFC'))
  assert.equal(normalizePassword(new Secret(typed)).reveal(), check.normalized.reveal())
})

test('nothing printable holds the password', () => {
  const check = checkNewPassword(new Secret('tennis umbrella'), ada, { lengthMin: 15 }, common)

  assert.doesNotMatch(inspect(check, { depth: 9, showHidden: true }) + JSON.stringify(check), /tennis/)
})
