/** `countersign bulk`: nothing without a dry run, nothing done without `--yes`, and what was refused is told. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { givenAdministrator, givenFolder, run, runJson } from './given.ts'

interface Told {
  readonly kind: string
  readonly action: string
  readonly dry_run: boolean
  readonly ready?: number
  readonly done?: number
  readonly unchanged: number
  readonly own: number
  readonly refused: readonly { readonly id: string; readonly code: string }[]
  readonly ends: { readonly api_keys: number }
}

const env = { COUNTERSIGN_URL: 'http://localhost:9', COUNTERSIGN_API_KEY: 'k' }

test('what is not said, or said twice, is refused before anything is asked', async () => {
  for (const args of [
    ['bulk'],
    ['bulk', 'people', 'end', 'x'],
    ['bulk', 'accounts', 'delete', 'x'],
    ['bulk', 'accounts', 'end'],
    ['bulk', 'accounts', 'end', 'x', '--all'],
    ['bulk', 'accounts', 'end', '--all', '--search', 'x'],
    ['bulk', 'accounts', 'end', '--owner', 'x'],
    ['bulk', 'api-keys', 'end', '--search', 'x'],
    ['bulk', 'accounts', 'end', '--ids-file', '/nowhere/at/all'],
    ['bulk', 'accounts', 'end', '--ids-file', '-', '--key-stdin'],
  ]) {
    assert.equal((await run(args, { env })).code, 2, args.join(' '))
  }
})

test('an authority that is away is exit code 3, and the help says what there is', async () => {
  assert.equal((await run(['bulk', 'accounts', 'end', 'acc_x'], { env })).code, 3)
  const { code, stdout } = await run(['bulk', '--help'])
  assert.equal(code, 0)
  for (const word of ['service-accounts', '--yes', '--ids-file', 'Exit code 1', 'Exit codes:']) {
    assert.ok(stdout.includes(word), word)
  }
})

test('a dry run changes nothing; with --yes exactly those are done, a second time they are so already', async (t) => {
  const given = await givenAdministrator(t)
  const admin = { env: given.env }
  const names = Array.from({ length: 103 }, (_, index) => `robot-${index}`)
  const ids: string[] = []
  const call = async (name: string): Promise<string> => {
    const answer = await fetch(`${given.server.url}/v1/service-accounts`, {
      method: 'POST',
      headers: { 'x-api-key': given.made.api_key.secret, 'content-type': 'application/json' },
      body: JSON.stringify({ name, roles: [], audiences: [] }),
    })
    return Object(await answer.json()).service_account.id
  }
  for (const name of names) ids.push(await call(name))
  const file = join(await givenFolder(t), 'ids.tsv')
  // As a list prints it, with an empty line, and one of them twice.
  await writeFile(file, ['', ...ids.map((id) => `${id}\trobot`), ids[0]].join('\n'))
  const args = ['bulk', 'service-accounts', 'disable', 'svc_00000000000000000000000000', '--ids-file', file]

  const looked = await run([...args, '--json'], admin)
  const plain = await run(args, admin)
  const untouched = await runJson<{ items: { disabled_at: unknown }[] }>(
    ['service-accounts', 'list', '--limit', '200'],
    admin,
  )
  const done = await run([...args, '--yes', '--json'], admin)
  const again = await run(['bulk', 'service-accounts', 'disable', '--ids-file', '-', '--yes', '--json'], {
    ...admin,
    stdin: ids.join('\n'),
  })

  const told: Told = JSON.parse(looked.stdout)
  assert.deepEqual([told.dry_run, told.ready, told.refused.length], [true, 103, 1])
  assert.deepEqual(told.refused[0], { id: 'svc_00000000000000000000000000', code: 'not_found' })
  assert.equal(looked.code, 1)
  assert.match(plain.stdout, /^would disable\t103$/m)
  assert.match(plain.stdout, /^refused: not_found\tsvc_0/m)
  assert.match(plain.stderr, /Nothing was changed/)
  assert.ok(untouched.items.every(({ disabled_at }) => disabled_at === null))
  const kept: Told = JSON.parse(done.stdout)
  assert.deepEqual([kept.dry_run, kept.done, done.code], [false, 103, 1])
  const second: Told = JSON.parse(again.stdout)
  assert.deepEqual([second.done, second.unchanged, again.code], [0, 103, 0])
})

test('all that match are ended, but for what the caller stands on', async (t) => {
  const given = await givenAdministrator(t)
  const admin = { env: given.env }
  const keys = await runJson<Told>(['bulk', 'api-keys', 'disable', '--all', '--yes'], admin)
  const people = await runJson<Told>(
    ['bulk', 'accounts', 'end', '--search', 'no-such-person', '--yes'],
    admin,
  )
  const last = await run(
    ['bulk', 'accounts', 'end', '--search', given.made.account.email, '--yes', '--json'],
    admin,
  )

  assert.deepEqual([keys.done, keys.own], [0, 1])
  assert.deepEqual([people.done, people.refused.length], [0, 0])
  const told: Told = JSON.parse(last.stdout)
  assert.deepEqual(
    told.refused.map(({ code }) => code),
    ['last_administrator'],
  )
  assert.equal(last.code, 1)
})
