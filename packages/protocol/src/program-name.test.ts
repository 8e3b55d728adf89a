import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isProgramName, toProgramName } from './program-name.ts'

test('a program is told by its name without the version, and what is no name by a word of ours', () => {
  const table: readonly (readonly [string | null, string])[] = [
    [null, 'none'],
    ['  ', 'none'],
    ['gym-worker/1.4 (secret stuff)', 'gym-worker'],
    ['curl/8.9.1', 'curl'],
    ['Python-urllib/3.12', 'python-urllib'],
    ['Mozilla/5.0 (X11; Linux x86_64)', 'browser'],
    ['/bin/sh', 'other'],
    ['7zip', 'other'],
    [`${'x'.repeat(32)}/1`, 'x'.repeat(32)],
    [`${'x'.repeat(33)}/1`, 'other'],
    // The beginning of a secret that somebody sends in the wrong place is not passed on either.
    ['cs_live_key_01kf0rdqg06p1nem1shv2ssrmr_0123456789abcdef', 'other'],
    ['ünïcode/1', 'other'],
  ]
  for (const [header, name] of table) {
    assert.equal(toProgramName(header), name, `${header}`)
    assert.ok(isProgramName(name))
  }
})

test('no other text is a program’s name', () => {
  for (const text of ['', 'Curl', 'curl/8', 'two words', 'x\n', '-x', 'x'.repeat(33)]) {
    assert.equal(isProgramName(text), false, text)
  }
})
