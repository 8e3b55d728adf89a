import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findHome } from './configuration.ts'

const root = join(import.meta.dirname, '../../..')

test('in a checkout the data folder is at its root, from whichever folder a command is run', () => {
  assert.equal(findHome(root), root)
  assert.equal(findHome(join(root, 'packages/cli/src')), root)
})

test('anywhere else it is where the command is run, also beside a checkout of a like name', () => {
  for (const folder of [tmpdir(), `${root}-of-somebody-else`, join(root, '..')]) {
    assert.equal(findHome(folder), folder)
  }
})
