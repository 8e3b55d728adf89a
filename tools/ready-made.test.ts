// What is made once and copied: it is whole, it is made no second time, and what fails leaves nothing behind.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { copyReadyMade, type FirstAdministrator } from './ready-made.ts'

let names = 0
const newName = (): string => {
  names += 1
  return `of-the-test-${process.pid}-${names}`
}

function givenFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-copy-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

function makerOf(secret: string): { make(folder: string): Promise<FirstAdministrator>; calls: number } {
  const maker = {
    calls: 0,
    make: async (folder: string) => {
      maker.calls += 1
      writeFileSync(join(folder, 'secrets.json'), secret, { mode: 0o600 })
      return { account: 'acc_1', secret }
    },
  }
  return maker
}

test('it is made once; each copy is whole, for its user alone, and changes no other', async (t) => {
  const [name, maker] = [newName(), makerOf('one')]
  const [first, second] = [givenFolder(t), givenFolder(t)]

  const made = await copyReadyMade(name, first, {}, maker.make)
  writeFileSync(join(first, 'secrets.json'), 'changed')
  const again = await copyReadyMade(name, second, {}, maker.make)

  assert.equal(maker.calls, 1)
  assert.deepEqual([made, again], Array(2).fill({ account: 'acc_1', secret: 'one' }))
  assert.deepEqual(readdirSync(second), ['secrets.json'])
  assert.equal(readFileSync(join(second, 'secrets.json'), 'utf8'), 'one')
  assert.equal(statSync(join(second, 'secrets.json')).mode & 0o777, 0o600)
})

test('two that make it at once copy the same', async (t) => {
  const name = newName()
  const folders = [givenFolder(t), givenFolder(t)]

  const made = await Promise.all(
    folders.map((folder, index) => copyReadyMade(name, folder, {}, makerOf(`of ${index}`).make)),
  )

  const files = folders.map((folder) => readFileSync(join(folder, 'secrets.json'), 'utf8'))
  assert.deepEqual(files, [made[0]?.secret, made[0]?.secret])
  assert.deepEqual(made[1], made[0])
})

test('with settings that change what is made, it is made for them alone', async (t) => {
  const [name, maker] = [newName(), makerOf('one')]
  const settings = [
    'COUNTERSIGN_RATE_LIMIT_PASSWORD_CHECK',
    'COUNTERSIGN_SECRETS',
    'COUNTERSIGN_PASSWORD_LENGTH_MIN',
  ]

  for (const setting of ['COUNTERSIGN_ISSUER', ...settings]) {
    await copyReadyMade(name, givenFolder(t), { [setting]: 'x' }, maker.make)
  }

  assert.equal(maker.calls, 3)
})

test('one that could not be made is made by the next', async (t) => {
  const [name, folder] = [newName(), givenFolder(t)]
  const failing = copyReadyMade(name, folder, {}, async () => {
    throw new Error('The disk is full.')
  })
  await assert.rejects(failing, /disk is full/)

  const made = await copyReadyMade(name, folder, {}, makerOf('one').make)

  assert.equal(made.secret, 'one')
  assert.deepEqual(readdirSync(folder), ['secrets.json'])
})
