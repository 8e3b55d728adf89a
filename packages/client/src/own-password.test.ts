import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '@countersign/protocol'
import { answer, fakeAuthority } from '../test/given.ts'
import { AuthorityUnreachable } from './errors.ts'

test('advice about a password is asked for without any credential', async () => {
  const advice = { refusal: null, score: 2, hints: ['repetition'] }
  const authority = fakeAuthority(() => answer(200, advice))
  const client = authority.client({ credential: { apiKey: 'k' } })

  const checked = await client.checkPassword({ password: new Secret('lane lane'), email: 'mia@example.com' })

  const [seen] = authority.seen
  assert.deepEqual(checked, advice)
  assert.equal(`${seen?.method} ${seen?.path}`, 'POST /v1/passwords/check')
  assert.deepEqual(JSON.parse(seen?.body ?? ''), { email: 'mia@example.com', password: 'lane lane' })
  assert.deepEqual([seen?.headers.get('authorization'), seen?.init.credentials], [null, 'omit'])
})

test('something else in place of advice is no advice', async () => {
  const client = fakeAuthority(() => answer(200, { score: 4 })).client()

  await assert.rejects(client.checkPassword({ password: 'p' }), AuthorityUnreachable)
})
