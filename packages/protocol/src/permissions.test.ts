import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { allows, isPermission, narrow } from './permissions.ts'

test('what is no permission is refused', () => {
  for (const text of [
    '',
    'a',
    'a:',
    ':b',
    'A:b',
    'a:b:c',
    '*:a',
    '**',
    'a b:c',
    'a:*b',
    'a:b\n',
    `${'a'.repeat(49)}:b`,
  ]) {
    assert.equal(isPermission(text), false, text)
  }
  for (const text of ['*', 'gym:enter', 'gym:*', 'api-keys:write', 'a.b:c_d'])
    assert.ok(isPermission(text), text)
})

test('a noun does not allow its namesakes', () => {
  assert.equal(allows(['gym:*'], 'gymnasium:enter'), false)
  assert.equal(allows(['gym:enter'], 'gym:enterprise'), false)
  assert.equal(allows(['gym:enter'], 'gym:*'), false)
  assert.equal(allows(['gym:*'], '*'), false)
  assert.equal(allows([], 'gym:enter'), false)
  assert.equal(allows(['gym:*'], 'gym:enter'), true)
  assert.equal(allows(['*'], 'gym:enter'), true)
})

const permission = fc.constantFrom('*', 'a:*', 'b:*', 'a:x', 'a:y', 'b:x', 'c:z')
const concrete = fc.constantFrom('a:x', 'a:y', 'a:z', 'b:x', 'b:y', 'c:z', 'd:q')

test('narrowing gives exactly what both sides allow', () => {
  fc.assert(
    fc.property(fc.array(permission), fc.array(permission), concrete, (wanted, limit, needed) => {
      const both = allows(wanted, needed) && allows(limit, needed)
      assert.equal(allows(narrow(wanted, limit), needed), both)
    }),
  )
})

test('narrowing leaves nothing out twice and nothing in twice', () => {
  assert.deepEqual(narrow(['*'], ['a:x', 'a:*', 'b:y']), ['a:*', 'b:y'])
  assert.deepEqual(narrow(['a:x'], []), [])
})
