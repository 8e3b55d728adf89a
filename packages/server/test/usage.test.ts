/** When and from where a credential was used last: what its owner goes by to find the one that leaked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'

/** The key as its administrator reads it, after a restart has written what was held in memory. */
async function readKey(to: given.Given, id: string): Promise<Readonly<Record<string, unknown>>> {
  await to.restart()
  const answer = await to.send('GET', `/v1/api-keys/${id}`, { key: to.adminKey })
  return Object(answer.json.api_key)
}

test('a refused use is no use: a wrong secret or a wrong address leaves no time behind', async (t) => {
  const to = await given.authority(t)
  const { id, secret } = await given.keyOf(to, [], { allow_addresses: ['127.0.0.2'] })

  assertProblem(await to.send('GET', '/v1/me', { key: secret }), 'credential_address_refused')
  assertProblem(await to.send('GET', '/v1/me', { key: secret.slice(0, -1) }), 'invalid_credential')

  assert.equal((await readKey(to, id)).last_used_at, null)
})

test('a key shows when it was used last, by itself and by what was exchanged for it', async (t) => {
  const to = await given.authority(t)
  const { id, secret } = await given.keyOf(to, [])
  const usedAt = async (): Promise<unknown> => (await readKey(to, id)).last_used_at
  assert.equal(await usedAt(), null)

  to.clock.advance(10)
  await to.send('GET', '/v1/me', { key: secret })
  assert.equal(await usedAt(), new Date(to.clock.nowMs()).toISOString())
  to.clock.advance(10)
  const exchanged = await to.send('POST', '/oauth/token', {
    form: {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: secret,
      subject_token_type: 'urn:countersign:params:oauth:token-type:api-key',
    },
  })
  to.clock.advance(10)
  await to.send('GET', '/v1/me', { bearer: given.at(exchanged.json, 'access_token') })

  assert.equal(await usedAt(), new Date(to.clock.nowMs()).toISOString())
})

test('a session shows when and from where it was seen last, also before that was written', async (t) => {
  const to = await given.authority(t)
  const { session_token: bearer = '', session } = await given.signedIn(to, 'session_token')
  to.clock.advance(10)
  await to.send('GET', '/v1/me', { bearer, address: '127.0.0.8' })

  const list = await to.send('GET', '/v1/me/sessions', { bearer, address: '127.0.0.8' })

  const [item] = list.json.items as Record<string, unknown>[]
  assert.equal(item?.id, session.id)
  assert.equal(item?.last_seen_at, new Date(to.clock.nowMs()).toISOString())
  assert.equal(item?.last_address, '127.0.0.8')
  assert.equal(item?.address, '127.0.0.1')
})

test('a use that arrives late does not bring an ended session back', async (t) => {
  const to = await given.authority(t)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token')
  await to.send('GET', '/v1/me', { bearer })
  await to.send('POST', '/v1/sign-out', { bearer })

  await to.restart()

  assertProblem(await to.send('GET', '/v1/me', { bearer }), 'invalid_credential')
})
