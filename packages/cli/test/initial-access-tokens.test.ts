import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { InitialAccessTokenShape } from '@countersign/protocol'
import { givenAdministrator, run, runJson } from './given.ts'

test('a token to register with is made, shown once, listed without it, and taken back', async (t) => {
  const { env } = await givenAdministrator(t)
  const word = 'initial-access-tokens'
  const wrong = await run([word, 'create', '--name', 'notes', '--uses', '0'], { env })
  type Answer = { initial_access_token: InitialAccessTokenShape; secret: string }
  const args = [word, 'create', '--name', 'notes', '--uses', '5', '--expires-in', '2h']
  const made = await runJson<Answer>(args, { env })
  const list = await run([word, 'list'], { env })
  const { id, created_at, expires_at, uses_max } = made.initial_access_token
  const clients = await run(['clients', 'list'], { env })

  assert.match(wrong.stderr, /--uses is a whole number from 1/)
  assert.match(made.secret, /^cs_iatlive_/)
  assert.equal(Date.parse(expires_at) - Date.parse(created_at), 2 * 3_600_000)
  assert.equal(uses_max, 5)
  assert.match(list.stdout, new RegExp(`${id}\tnotes\t0 of 5\t`))
  assert.equal(list.stdout.includes(made.secret), false)
  assert.match(clients.stdout, /first-party\t.*\tby an administrator/)
  assert.deepEqual(await runJson([word, 'end', id], { env }), { ended: id })
  assert.match((await run([word, 'end', id], { env })).stderr, /not_found/)
})
