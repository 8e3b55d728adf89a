import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenAdministrator, run } from './given.ts'

test('explain wants a decision id or a credential, and one of them', async () => {
  const neither = await run(['explain'])
  const both = await run(['explain', 'dec_1', '--stdin'], { stdin: 'x' })

  assert.equal(neither.code, 2)
  assert.equal(both.code, 2)
})

test('a refusal and a credential are explained check by check, without the secret', async (t) => {
  const { made, env } = await givenAdministrator(t)
  const refused = await run(['accounts', 'list'], {
    env: { ...env, COUNTERSIGN_API_KEY: made.api_key.secret.slice(0, -1) },
  })
  const id = /dec_[0-9a-z]+/.exec(refused.stderr)?.[0] ?? ''

  const decision = await run(['explain', id], { env })
  const good = await run(['explain', '--stdin', '--permission', 'docs:read'], {
    env,
    stdin: made.api_key.secret,
  })
  const bad = await run(['explain', '--stdin', '--json'], { env, stdin: 'nonsense' })
  const unknown = await run(['explain', 'dec_unknown'], { env })

  assert.equal(decision.code, 0, decision.stderr)
  assert.match(decision.stdout, /reason\tmalformed[\s\S]*form\t✗ failed[\s\S]*mend .*cut off/)
  assert.equal(good.code, 0, good.stderr)
  assert.match(
    good.stdout,
    /verdict\tgood[\s\S]*secret\t✓ passed[\s\S]*permission\t✓ passed needed=docs:read held=\*/,
  )
  assert.ok(!good.stdout.includes(made.api_key.secret.slice(-30)))
  assert.equal(bad.code, 1)
  assert.match(bad.stdout, /"good":false/)
  assert.equal(unknown.code, 1)
})
