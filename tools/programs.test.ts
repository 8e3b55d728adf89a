// How tests find programs of the system, and what is said when one is missing.

import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findProgram, programsAskedFor, requireProgram } from './programs.ts'

test('a program that is not on the PATH is not found, a file that cannot be run neither', (t) => {
  const path = process.env.PATH
  t.after(() => {
    process.env.PATH = path
  })

  process.env.PATH = import.meta.dirname

  assert.equal(findProgram('strace'), undefined)
  assert.equal(findProgram('package.json'), undefined)
})

test('a program without the file that it needs is not found, one with both is', async (t) => {
  const path = process.env.PATH
  const folder = await mkdtemp(join(tmpdir(), 'countersign-programs-'))
  t.after(async () => {
    process.env.PATH = path
    await rm(folder, { recursive: true })
  })
  const file = join(folder, 'apache2')
  await writeFile(file, '', { mode: 0o755 })
  process.env.PATH = folder

  assert.equal(
    findProgram('apache2', () => false),
    undefined,
  )
  assert.equal(
    findProgram('apache2', () => true),
    file,
  )
})

test('a test that asks for a missing program is skipped with the way to get it', (t) => {
  const path = process.env.PATH
  t.after(() => {
    process.env.PATH = path
  })
  const reasons: unknown[] = []
  process.env.PATH = ''

  const found = requireProgram({ skip: (reason) => void reasons.push(reason) }, 'strace')

  assert.equal(found, undefined)
  assert.match(String(reasons[0]), /strace is not installed.*--install.*apt-get install strace/)
})

test('the programs are read from the calls in the test files, each one once, unknown ones left out', () => {
  const call = (name: string): string => `requireProgram(t, '${name}')`
  const sources = [call('strace'), call('strace').replace('(t, ', '(\n  t,\n  '), call('doom')]

  assert.deepEqual(programsAskedFor(sources), ['strace'])
  assert.deepEqual(programsAskedFor([`const program = 'strace'`]), [])
})
