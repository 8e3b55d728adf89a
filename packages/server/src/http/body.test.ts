import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseForm } from './body.ts'

test('a form is read by hand as URLSearchParams reads it', () => {
  const part = fc.string({ unit: fc.constantFrom(...'ab&=?;#%+20é/ "'), maxLength: 20 })
  fc.assert(
    fc.property(fc.oneof(part, fc.webQueryParameters(), fc.string()), (text) => {
      // Behind a first parameter, so that the constructor takes no question mark away.
      const expected = [...new URLSearchParams(`first=1&${text}`)].slice(1)

      assert.deepEqual(
        [...parseForm(text)].map(([name, value]) => [name, value]),
        expected,
      )
    }),
    { numRuns: 2_000 },
  )
})
