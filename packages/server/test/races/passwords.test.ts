/** A password that is changed while others use it: two changes, and a sign-in at the same moment. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../crash/random.ts'
import { type Answer, type Given, PASSWORD, person, signedIn } from '../given.ts'
import { afterTurns } from './delay.ts'
import { onEachDatabase } from './on-each-database.ts'

const NEW = 'violet gravel pushed the tram'

const change = ({ send }: Given, bearer: string, new_password = NEW): Promise<Answer> =>
  send('POST', '/v1/me/password', { bearer, body: { current_password: PASSWORD, new_password } })

const signIn = ({ send }: Given, email: string, password: string): Promise<Answer> =>
  send('POST', '/v1/sign-in', { body: { email, password, deliver: 'session_token' } })

const statusOf = async ({ send }: Given, bearer: unknown): Promise<number> =>
  (await send('GET', '/v1/me', { bearer: String(bearer) })).status

onEachDatabase((open) => {
  test('of six changes at once from six sessions one is made, and one session is left', async (t) => {
    const to = await open(t)
    const { email } = await person(to)
    const bearers: string[] = []
    for (let count = 0; count < 6; count += 1) {
      bearers.push((await signedIn(to, 'session_token', email)).session_token ?? '')
    }
    const passwords = bearers.map((_, index) => `${NEW} ${index}`)

    const answers = await Promise.all(
      bearers.map((bearer, index) => change(to, bearer, passwords[index] ?? '')),
    )

    const made = answers.flatMap(({ status }, index) => (status === 200 ? [index] : []))
    assert.equal(made.length, 1)
    for (const { status, json } of answers) {
      assert.ok(status === 200 || ['invalid_current_password', 'invalid_credential'].includes(`${json.code}`))
    }
    const [winner = 0] = made
    assert.equal((await signIn(to, email, passwords[winner] ?? '')).status, 200)
    assert.deepEqual(
      await Promise.all([...bearers, answers[winner]?.json.session_token].map((one) => statusOf(to, one))),
      [...bearers.map(() => 401), 200],
    )
  })

  test('whoever signs in with the old password at the moment of the change has no session after it', async (t) => {
    const random = seededRandom(t)
    const to = await open(t)
    for (let round = 0; round < 6; round += 1) {
      const { email } = await person(to)
      const { session_token: bearer = '' } = await signedIn(to, 'session_token', email)

      const [changed, ...others] = await Promise.all([
        afterTurns(random.between(0, 3), () => change(to, bearer)),
        ...[0, 1, 2].map(() => afterTurns(random.between(0, 6), () => signIn(to, email, PASSWORD))),
      ])

      assert.equal(changed.status, 200, changed.text)
      for (const { status, json } of others) {
        if (status === 200) assert.equal(await statusOf(to, json.session_token), 401)
        else assert.equal(json.code, 'invalid_credentials')
      }
      assert.equal(await statusOf(to, changed.json.session_token), 200)
    }
  })

  test('a session that is ended at the moment of the change: either it came first, or it changes nothing', async (t) => {
    const random = seededRandom(t)
    const to = await open(t)
    for (let round = 0; round < 4; round += 1) {
      const { email, id } = await person(to)
      const { session_token: bearer = '' } = await signedIn(to, 'session_token', email)
      const body = { target: { kind: 'account', id } }

      const [changed, revoked] = await Promise.all([
        afterTurns(random.between(0, 3), () => change(to, bearer)),
        afterTurns(random.between(0, 9), () =>
          to.send('POST', '/v1/revocations', { key: to.adminKey, body }),
        ),
      ])

      assert.equal(revoked.status, 200)
      const password = changed.status === 200 ? NEW : PASSWORD
      assert.equal((await signIn(to, email, password)).status, 200, changed.text)
      for (const one of [bearer, changed.json.session_token]) assert.equal(await statusOf(to, one), 401)
    }
  })

  test('whoever signs in at the moment of the demand has no session after it, but by another password', async (t) => {
    const random = seededRandom(t)
    const to = await open(t)
    for (let round = 0; round < 6; round += 1) {
      const { email, id } = await person(to)
      const path = `/v1/accounts/${id}/require-password-change`

      const [demanded, ...others] = await Promise.all([
        afterTurns(random.between(0, 6), () => to.send('POST', path, { key: to.adminKey })),
        ...[0, 1, 2].map(() => afterTurns(random.between(0, 6), () => signIn(to, email, PASSWORD))),
      ])

      assert.equal(demanded.status, 200)
      for (const { status, json } of others) {
        const isIn = status === 200 && json.status === 'signed_in'
        if (isIn) assert.equal(await statusOf(to, json.session_token), 401)
        else assert.ok(json.status === 'password_change_required' || json.code === 'invalid_credentials')
      }
    }
  })

  test('of six new passwords with one ticket one is taken, and of five tickets one is', async (t) => {
    const to = await open(t)
    const { email, id } = await person(to)
    await to.send('POST', `/v1/accounts/${id}/require-password-change`, { key: to.adminKey })
    const tickets = await Promise.all(
      Array.from({ length: 5 }, async () => (await signIn(to, email, PASSWORD)).json.ticket),
    )

    const answers = await Promise.all(
      tickets.flatMap((ticket, index) =>
        [0, 1].map((half) => {
          const body = { ticket: half === 0 ? ticket : tickets[0], new_password: `${NEW} ${index} ${half}` }
          return to.send('POST', '/v1/sign-in/password', { body })
        }),
      ),
    )

    const made = answers.filter(({ status }) => status === 200)
    assert.equal(made.length, 1)
    assert.equal(await statusOf(to, made[0]?.json.session_token), 200)
    for (const { status, json } of answers) assert.ok(status === 200 || json.code === 'ticket_ended')
  })
})
