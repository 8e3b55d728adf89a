/** Many at once where only one may win: set-up, addresses, places under the session cap, the last administrator. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAuthority } from '../../src/create.ts'
import { createTestClock } from '../clock.ts'
import { seededRandom } from '../crash/random.ts'
import { type Answer, at, type Given, PASSWORD, send } from '../given.ts'
import { nodeConfig } from '../postgres/nodes.ts'
import { temporaryFolder } from '../processes/spawn.ts'
import { afterTurns } from './delay.ts'
import { onEachDatabase } from './on-each-database.ts'

const AT_ONCE = 20
const CAP = 4
/** As many passwords of one account may be compared at once: more would have to wait. */
const SIGN_INS = 5

/** All begin at once; how many were answered with each status. */
async function count(answers: Iterable<Promise<Answer>>): Promise<Readonly<Record<number, number>>> {
  const counts: Record<number, number> = {}
  for (const { status } of await Promise.all(answers)) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

const times = <T>(number: number, work: (index: number) => T): T[] =>
  Array.from({ length: number }, (_, index) => work(index))

test('of twenty who finish the set-up with one link, one becomes the administrator', async (t) => {
  const config = nodeConfig({ COUNTERSIGN_DATA: temporaryFolder(t) })
  const authority = await createAuthority(config, createTestClock())
  t.after(() => authority.close())
  const ticket = authority.setupLink?.split('#')[1] ?? ''

  const counts = await count(
    times(AT_ONCE, (index) =>
      send(authority, 'POST', '/v1/setup', {
        body: { ticket, email: `admin-${index}@example.com`, password: PASSWORD },
      }),
    ),
  )

  assert.deepEqual(counts, { 201: 1, 403: AT_ONCE - 1 })
})

onEachDatabase((open) => {
  test('of twenty who sign up with one address, one has the account', async (t) => {
    const given = await open(t)
    const spellings = ['twin@example.com', 'Twin@Example.com', 'TWIN@example.com']

    const counts = await count(
      times(AT_ONCE, (index) => {
        const email = spellings[index % spellings.length]
        return given.send('POST', '/v1/sign-up', { body: { email, password: PASSWORD } })
      }),
    )

    assert.deepEqual(counts, { 201: 1, 409: AT_ONCE - 1 })
    const listed = await given.send('GET', '/v1/accounts?email=twin@example.com', { key: given.adminKey })
    assert.ok(Array.isArray(listed.json.items))
    assert.equal(listed.json.items.length, 1)
  })

  test('fifteen sign-ins at once leave each of three accounts its cap of sessions and no more', async (t) => {
    const given = await open(t, { COUNTERSIGN_SESSIONS_PER_ACCOUNT_MAX: String(CAP) })
    const emails = ['one', 'two', 'three'].map((name) => `${name}@example.com`)
    for (const email of emails)
      await given.send('POST', '/v1/sign-up', { body: { email, password: PASSWORD } })

    const answers = await Promise.all(
      times(SIGN_INS * emails.length, async (index) => {
        const email = emails[index % emails.length] ?? ''
        const body = { email, password: PASSWORD, deliver: 'session_token' }
        const answer = await given.send('POST', '/v1/sign-in', { body })
        return { email, token: at(answer.json, 'session_token') }
      }),
    )

    for (const email of emails) {
      const tokens = answers.filter((one) => one.email === email).map(({ token }) => token)
      assert.equal(tokens.length, SIGN_INS)
      const counts = await count(tokens.map((bearer) => given.send('GET', '/v1/me', { bearer })))
      assert.deepEqual(counts, { 200: CAP, 401: SIGN_INS - CAP })
    }
  })

  test('of two administrators who are demoted, disabled or ended at once, one stays', async (t) => {
    const random = seededRandom(t)
    const given = await open(t)
    for (let round = 0; round < 12; round += 1) {
      const second = await newAdministrator(given, `round-${round}`)
      const both = [given.adminAccount, second]

      const answers = await Promise.all(
        both.map((id) => afterTurns(random.between(0, 3), () => remove(given, id, random.pick(removals)))),
      )

      const refused = answers.filter(({ status }) => status === 409)
      assert.equal(refused.length, 1, answers.map(({ text }) => text).join('\n'))
      assert.equal(refused[0]?.json.code, 'last_administrator')
      const loser = both[answers.findIndex(({ status }) => status !== 409)] ?? ''
      await restore(given, loser)
    }
  })
})

const removals = ['demote', 'disable'] as const

function remove(given: Given, id: string, how: (typeof removals)[number]): Promise<Answer> {
  const body = how === 'demote' ? { roles: ['member'] } : { disabled: true }
  return given.send('PATCH', `/v1/accounts/${id}`, { key: given.adminKey, body })
}

async function newAdministrator(given: Given, name: string): Promise<string> {
  const body = { email: `${name}@example.com`, password: PASSWORD, roles: ['administrator'] }
  const made = await given.send('POST', '/v1/accounts', { key: given.adminKey, body })
  return at(made.json, 'account', 'id')
}

/** Leaves the first administrator as the only one, for the next round. */
async function restore(given: Given, loser: string): Promise<void> {
  const { adminKey: key, adminAccount } = given
  if (loser !== adminAccount) return
  const body = { roles: ['administrator'], disabled: false }
  await given.send('PATCH', `/v1/accounts/${adminAccount}`, { key, body })
  const listed = await given.send('GET', '/v1/accounts?limit=200', { key })
  assert.ok(Array.isArray(listed.json.items))
  for (const { id } of listed.json.items) {
    if (id !== adminAccount) await given.send('DELETE', `/v1/accounts/${id}`, { key })
  }
}
