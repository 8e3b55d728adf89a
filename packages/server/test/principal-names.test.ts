/** What principals are called: to whom it is told, of whom, and what else is asked is left out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'

const NOBODY = 'acc_01kf0rdqg06p1nem1shv2ssrmr'

const ask = (to: given.Given, ids: readonly string[], key: string): Promise<given.Answer> =>
  to.send('GET', `/v1/principal-names?ids=${ids.join(',')}`, { key })

test('nobody is named to a stranger, nor to somebody who may read neither people nor programs', async (t) => {
  const to = await given.authority(t)
  const { id, email } = await given.person(to)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', email)
  const path = `/v1/principal-names?ids=${id}`

  assertProblem(await to.send('GET', path), 'credential_required')
  assertProblem(await to.send('GET', path, { bearer }), 'permission_denied')
})

test('no ids, too many, and what is no id are refused', async (t) => {
  const to = await given.authority(t)
  const tooMany = Array.from({ length: 101 }, () => NOBODY)

  for (const ids of [[], [''], ['acc;drop'], [NOBODY, ''], tooMany]) {
    assertProblem(await ask(to, ids, to.adminKey), 'invalid_request')
  }
  assertProblem(await to.send('GET', '/v1/principal-names', { key: to.adminKey }), 'invalid_request')
})

test('people and programs are named in one answer, a person without a name by the address', async (t) => {
  const to = await given.authority(t)
  const created = await to.send('POST', '/v1/accounts', {
    key: to.adminKey,
    body: { email: 'named@example.com', password: given.PASSWORD, name: '<b>Ada</b>' },
  })
  const named = given.at(created.json, 'account', 'id')
  const { id: nameless, email } = await given.person(to)
  const { owner: program } = await given.keyOf(to, ['docs:read'])

  const { json } = await ask(to, [named, nameless, program, named, NOBODY, 'no-id-of-ours'], to.adminKey)

  assert.ok(Array.isArray(json.items))
  assert.deepEqual(
    new Map(json.items.map((item) => [item.id, `${item.kind} ${item.name}`])),
    new Map([
      [named, 'account <b>Ada</b>'],
      [nameless, `account ${email}`],
      [program, 'service_account a program'],
    ]),
  )
  assert.equal(json.items.length, 3)
})

test('whoever may read one kind only is told of that kind only', async (t) => {
  const to = await given.authority(t)
  const { id: person } = await given.person(to)
  const people = await given.keyOf(to, ['accounts:read'])
  const programs = await given.keyOf(to, ['service-accounts:read'])

  const ofPeople = await ask(to, [person, programs.owner], people.secret)
  const ofPrograms = await ask(to, [person, programs.owner], programs.secret)

  assert.deepEqual(idsOf(ofPeople), [person])
  assert.deepEqual(idsOf(ofPrograms), [programs.owner])
})

test('one that has ended has no name any more', async (t) => {
  const to = await given.authority(t)
  const { id } = await given.person(to)
  await to.send('DELETE', `/v1/accounts/${id}`, { key: to.adminKey })

  const { json } = await ask(to, [id], to.adminKey)

  assert.deepEqual(json, { items: [], next_cursor: null })
})

function idsOf({ json }: given.Answer): readonly string[] {
  assert.ok(Array.isArray(json.items))
  return json.items.map(({ id }) => String(id))
}
