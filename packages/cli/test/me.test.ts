import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccountDetailShape, ActivityShape, Page } from '@countersign/protocol'
import { EMAIL, givenAdministrator, PASSWORD, run, runJson } from './given.ts'

test('people see their own account, rename it, and read what happened to it and all that is known', async (t) => {
  const { env, server } = await givenAdministrator(t)
  const body = JSON.stringify({ email: EMAIL, password: PASSWORD, deliver: 'session_token' })
  const headers = { 'content-type': 'application/json' }
  const signedIn = await fetch(`${server.url}/v1/sign-in`, { method: 'POST', headers, body })
  const { session_token = '' }: { session_token?: string } = Object(await signedIn.json())
  const mine = { ...env, COUNTERSIGN_API_KEY: session_token }

  const renamed = await runJson<{ account: AccountDetailShape }>(['me', 'rename', 'Ida'], { env: mine })
  const shown = await run(['me', 'show'], { env: mine })
  const activity = await runJson<Page<ActivityShape>>(['me', 'activity'], { env: mine })
  const exported = await runJson<{ account: AccountDetailShape }>(['me', 'export'], { env: mine })
  const unclear = await run(['me', 'rename', 'Ida', '--none'], { env: mine })

  assert.equal(renamed.account.name, 'Ida')
  assert.match(shown.stdout, /^verified\tno$/m)
  assert.ok(activity.items.some(({ type, by }) => type === 'session.opened' && by === 'you'))
  assert.equal(exported.account.email, EMAIL)
  assert.match(unclear.stderr, /--none/)
})
