/** The overview over HTTP: what happened in a time, and what needs attention. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { OverviewResponse } from '@countersign/protocol'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { adminKey, send } = shared.given

const read = async (query = ''): Promise<OverviewResponse> => {
  const answer = await send('GET', `/v1/overview${query}`, { key: adminKey })
  assert.equal(answer.status, 200, answer.text)
  return JSON.parse(answer.text)
}
const lastOf = ({ lines }: OverviewResponse, name: string): number =>
  lines.find((line) => line.name === name)?.counts.at(-1) ?? -1

test('403 without the permission, 400 for a time that there is none of', async () => {
  const { secret } = await given.keyOf(shared.given, ['audit:read', 'settings:read'])

  assertProblem(await send('GET', '/v1/overview', { key: secret }), 'permission_denied')
  assertProblem(await send('GET', '/v1/overview?period=year', { key: adminKey }), 'invalid_request')
})

test('sign-ins and refused tries are counted in the part that is not over', async () => {
  const before = await read()
  const { email } = await given.person(shared.given)
  await given.signedIn(shared.given, 'cookie', email)
  await send('POST', '/v1/sign-in', { body: { email, password: 'not the right one at all' } })

  const now = await read()

  assert.equal(lastOf(now, 'sign_ins'), lastOf(before, 'sign_ins') + 1)
  assert.equal(lastOf(now, 'refusals'), lastOf(before, 'refusals') + 1)
  assert.deepEqual(
    now.lines.map(({ counts }) => counts.length),
    [24, 24, 24, 24, 24],
  )
  assert.deepEqual(
    [(await read('?period=week')).part_seconds, (await read('?period=month')).part_seconds],
    [21_600, 86_400],
  )
})

test('an administrator without a second factor is named', async () => {
  const { email, id } = await given.person(shared.given)
  await send('PATCH', `/v1/accounts/${id}`, { key: adminKey, body: { roles: ['administrator'] } })

  const { attention } = await read()

  assert.ok(attention.administrators_without_factor.some((one) => one.email === email))
})
