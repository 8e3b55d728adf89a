import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { parseStrictJson } from './json.ts'

const problemOf = (text: string): string | null => {
  const parsed = parseStrictJson(text)
  return parsed.ok ? null : parsed.problem
}

test('a name that stands twice is refused, however it is spelled and however deep', () => {
  for (const text of ['{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '[{"x":{"b":1, "b" :2}}]', '{"":1,"":2}']) {
    assert.equal(problemOf(text), 'repeated_name', text)
  }
})

test('the name __proto__ is refused, also in disguise', () => {
  assert.equal(problemOf('{"__proto__":{"admin":true}}'), 'repeated_name')
  assert.equal(problemOf('{"a":{"__pr\\u006fto__":1}}'), 'repeated_name')
})

test('strings that look like names are no names', () => {
  assert.equal(problemOf('{"a":"a","b":["a","a"],"c":"\\"a\\":1"}'), null)
  assert.equal(problemOf('[{"a":1},{"a":2}]'), null)
})

test('malformed texts are refused, never thrown', () => {
  for (const text of [
    '',
    '{',
    '{"a":}',
    "{'a':1}",
    '[1,]',
    'NaN',
    '"a',
    '{"a":1}}',
    '\ufeff{}',
    '{"a"}',
    '"\\',
  ]) {
    assert.equal(problemOf(text), 'malformed', text)
  }
})

test('nesting is bounded, and a million brackets cost no stack', () => {
  assert.equal(problemOf('['.repeat(16) + ']'.repeat(16)), null)
  assert.equal(problemOf('['.repeat(17) + ']'.repeat(17)), 'too_deep')
  assert.equal(problemOf('['.repeat(1_000_000)), 'too_deep')
})

test('whatever JSON.stringify writes is read back the same', () => {
  const value = fc.jsonValue({ maxDepth: 6 }).filter((one) => !JSON.stringify(one).includes('__proto__'))
  fc.assert(
    fc.property(value, (one) => {
      const text = JSON.stringify(one)
      const parsed = parseStrictJson(text)
      assert.ok(parsed.ok, text)
      assert.deepEqual(parsed.value, JSON.parse(text))
    }),
  )
})

test('any text at all is answered in agreement with JSON.parse', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const parsed = parseStrictJson(text)
      if (parsed.ok) assert.deepEqual(parsed.value, JSON.parse(text))
      else if (parsed.problem === 'malformed') assert.throws(() => JSON.parse(text))
    }),
  )
})
