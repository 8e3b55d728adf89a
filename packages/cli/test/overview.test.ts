import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenAdministrator, run, runJson } from './given.ts'

test('what happened and what is set is told by the authority, and no secret is among it', async (t) => {
  const { made, env } = await givenAdministrator(t)

  const wrong = await run(['overview', '--period', 'year'], { env })
  const overview = await run(['overview', '--period', 'week'], { env })
  const json = await runJson<{ part_seconds: number }>(['overview'], { env })
  const live = await run(['settings', '--live'], { env })
  const items = await runJson<{ items: { key: string; source: string }[] }>(['settings', '--live'], { env })

  assert.equal(wrong.code, 2)
  assert.equal(overview.code, 0, overview.stderr)
  assert.match(overview.stdout, /sign-ins\t0[\s\S]*administrators without a second factor\t1[\s\S]*acc_\w+\t/)
  assert.equal(json.part_seconds, 3600)
  assert.match(live.stdout, /COUNTERSIGN_LEASE_SECONDS\t5\tdefault/)
  assert.ok(items.items.some(({ source }) => source !== 'default'))
  assert.ok(!`${live.stdout}${overview.stdout}`.includes(made.api_key.secret))
})
