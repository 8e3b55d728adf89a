// How what is shown is compared with what was printed: the comparison that the test of the tour stands on.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cutLike, findDifference } from './shown.ts'

test('a line that differs, is missing or is one too many is told', () => {
  assert.match(`${findDifference('one\ntwo', 'one\nthree')}`, /^line 2: shown is "two", printed was "three"/)
  assert.match(`${findDifference('one\ntwo', 'one')}`, /^line 2: shown is "two", printed was nothing/)
  assert.match(`${findDifference('one', 'one\ntwo')}`, /^line 2: shown is nothing, printed was "two"/)
  assert.match(`${findDifference('a (b) [c]', 'a b c')}`, /^line 1/)
})

test('an ellipsis stands for anything within a line and for nothing beyond it', () => {
  assert.equal(findDifference('"id": "acc_…",', '"id": "acc_01m80",'), null)
  assert.match(`${findDifference('"id": "acc_…",', '"id": "key_01m80",')}`, /^line 1/)
  assert.match(`${findDifference('from … on', 'from here\nto there on')}`, /^line 1/)
})

test('columns may be wider than they are shown', () => {
  assert.equal(findDifference('  id     name\n  ses_…  curl', '  id        name\n  ses_0123  curl\n'), null)
})

test('what stands before and after the part that is shown is cut off', () => {
  const printed = '\n> npm\n\n  Countersign\n\n  listening\nmore\n'

  assert.equal(findDifference('Countersign\n\nlistening', cutLike('Countersign\n\nlistening', printed)), null)
  assert.match(`${findDifference('Countersign', cutLike('Countersign', 'nothing'))}`, /^line 1/)
})
