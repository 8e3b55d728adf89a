import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { givenAdministrator, run, runJson } from './given.ts'

test('the risk policy is shown, replayed from a file and set; a file that is none is refused here', async (t) => {
  const { env, server } = await givenAdministrator(t)
  const folder = server.data
  const [good, bad, none] = ['good', 'bad', 'none'].map((name) => join(folder, `${name}.json`)) as [
    string,
    string,
    string,
  ]
  const shown: { policy: { notify_at: number } } = await runJson(['risk', 'show'], { env })
  await writeFile(good, JSON.stringify({ ...shown.policy, notify_at: 30 }))
  await writeFile(bad, JSON.stringify({ ...shown.policy, notify_at: 0 }))
  await writeFile(none, 'nonsense')

  const refused = await run(['risk', 'set', bad], { env })
  const unread = await run(['risk', 'replay', none], { env })
  const replayed = await run(['risk', 'replay', good, '--days', '7'], { env })
  const set: { policy: { notify_at: number } } = await runJson(['risk', 'set', good], { env })
  const listed = await run(['risk', 'anomalies'], { env })

  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /invalid_request/)
  assert.equal(unread.code, 2)
  assert.match(replayed.stdout, /would have challenged\t0 of 0/)
  assert.equal(set.policy.notify_at, 30)
  assert.equal(listed.code, 0)
})
