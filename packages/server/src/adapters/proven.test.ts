import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '@countersign/protocol'
import { createProven, type Match } from './proven.ts'

/** Stored digests are the secret with a mark; every comparison is counted. */
function counted(): { readonly match: Match; readonly count: () => number } {
  let compared = 0
  const match: Match = (secret, stored) => {
    compared += 1
    return stored === `v1.${secret.reveal()}`
  }
  return { match, count: () => compared }
}

test('what does not match is compared each time, and never remembered', () => {
  const { match, count } = counted()
  const { matches } = createProven(match)

  for (let guess = 0; guess < 3; guess += 1) assert.equal(matches(new Secret('guess'), 'v1.right'), false)

  assert.equal(count(), 3)
})

test('a secret that has matched one digest is no proof for another', () => {
  const { matches } = createProven(counted().match)
  assert.equal(matches(new Secret('right'), 'v1.right'), true)

  assert.equal(matches(new Secret('right'), 'v1.other'), false)
  assert.equal(matches(new Secret('right'), ''), false)
  assert.equal(matches(new Secret('other'), 'v1.right'), false)
})

test('a secret that has matched is not compared again', () => {
  const { match, count } = counted()
  const { matches } = createProven(match)

  for (let time = 0; time < 5; time += 1) assert.equal(matches(new Secret('right'), 'v1.right'), true)

  assert.equal(count(), 1)
})

test('a full memory is emptied, and what was in it is compared anew', () => {
  const { match, count } = counted()
  const { matches } = createProven(match, 2)

  for (const secret of ['a', 'b', 'c', 'a']) assert.equal(matches(new Secret(secret), `v1.${secret}`), true)

  assert.equal(count(), 4)
})
