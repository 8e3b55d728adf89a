import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCommonPasswords } from './common-passwords.ts'

test('a missing, empty or misshapen list is an error and never an empty answer', () => {
  const short = { dictionary: { 'passwords-common': ['password'] } }
  const wrong = { dictionary: { 'passwords-common': Array.from({ length: 20_000 }, (_, index) => index) } }

  for (const exported of [undefined, {}, { dictionary: {} }, short, wrong]) {
    assert.throws(() => createCommonPasswords(() => exported).has('password'), /no usable list/)
  }
})

test('the list is read on first use, once', () => {
  let reads = 0
  const list = Array.from({ length: 20_000 }, (_, index) => `password${index}`)
  const common = createCommonPasswords(() => {
    reads += 1
    return { dictionary: { 'passwords-common': list } }
  })
  assert.equal(reads, 0)

  assert.equal(common.has('password7'), true)
  assert.equal(common.has('tennis umbrella'), false)
  assert.equal(reads, 1)
})

test('the installed list knows what attackers try first, short and long', () => {
  const common = createCommonPasswords()

  for (const password of ['password', '12345678', 'iloveyou', 'polniypizdec0211', 'manchesterunited']) {
    assert.equal(common.has(password), true, password)
  }
  assert.equal(common.has('tennis umbrella'), false)
})
