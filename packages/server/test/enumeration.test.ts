/**
 * Nobody learns from an answer, its headers, or the work behind it whether an address has an account: not by status,
 * not by text, not by how often a password is hashed or the store is asked. Times are measured in bench/enumeration.ts.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { enrolTotp } from './authenticator.ts'
import * as given from './given.ts'
import { type Inside, inside } from './inside.ts'

const SETTINGS = { ...given.UNLIMITED, COUNTERSIGN_RATE_LIMIT_MAIL: 'dangerously-off' }

/** What somebody may be to the authority, by their addresses. */
async function everybody(to: Inside): Promise<Readonly<Record<string, string>>> {
  const [plain, strong, disabled, forced, erased] = [
    await given.person(to),
    await given.person(to),
    await given.person(to),
    await given.person(to),
    await given.person(to),
  ]
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', strong.email)
  await enrolTotp(to, bearer)
  const key = to.adminKey
  await to.send('PATCH', `/v1/accounts/${disabled.id}`, { key, body: { disabled: true } })
  await to.send('POST', `/v1/accounts/${forced.id}/require-password-change`, { key })
  const { session } = await given.signedIn(to, 'session_token', erased.email)
  await to.send('POST', `/v1/accounts/${erased.id}/sessions/${session.id}/not-me`, { key })
  return {
    unknown: 'nobody.at.all@example.com',
    known: plain.email,
    'with a second factor': strong.email,
    disabled: disabled.email,
    'with a password that has to be changed': forced.email,
    'without a password': erased.email,
  }
}

/** Everything but what is made anew for each answer. */
function look({ status, headers, json }: given.Answer): object {
  const { decision_id: _, ...rest } = json
  return { status, headers: Object.fromEntries(headers), rest }
}

async function assertAlike(
  t: TestContext,
  settings: Record<string, string>,
  ask: (to: Inside, email: string) => Promise<given.Answer>,
): Promise<readonly string[]> {
  const to = await inside(t, SETTINGS)
  const people = await everybody(to)
  // The same accounts, under the settings that are asked about.
  Object.assign(to.services.core.policy, settings)
  const seen: { who: string; answer: object; calls: readonly string[] }[] = []
  for (const [who, email] of Object.entries(people)) {
    to.takeCalls()
    const answer = await ask(to, email)
    seen.push({ who, answer: look(answer), calls: to.takeCalls() })
  }
  const [first, ...others] = seen
  assert.ok(first)
  for (const { who, answer, calls } of others) {
    assert.deepEqual(answer, first.answer, who)
    assert.deepEqual(calls, first.calls, who)
  }
  return first.calls
}

const hashes = (calls: readonly string[]): number =>
  calls.filter((call) => call === 'passwords.verify' || call === 'passwords.hash').length

test('a wrong password: one comparison, whoever it is', async (t) => {
  const body = (email: string) => ({ email, password: 'not the right words', deliver: 'session_token' })

  const calls = await assertAlike(t, {}, ({ send }, email) =>
    send('POST', '/v1/sign-in', { body: body(email) }),
  )

  assert.equal(hashes(calls), 1)
})

test('a forgotten password: no hash, whoever it is', async (t) => {
  const calls = await assertAlike(t, {}, ({ send }, email) =>
    send('POST', '/v1/password-reset', { body: { email } }),
  )

  assert.equal(hashes(calls), 0)
})

test('signing up where addresses are verified: one hash, whoever it is', async (t) => {
  const body = (email: string) => ({ email, password: 'violet gravel pushed the tram' })

  const calls = await assertAlike(t, { emailVerification: 'required' }, ({ send }, email) =>
    send('POST', '/v1/sign-up', { body: body(email) }),
  )

  assert.equal(hashes(calls), 1)
})

test('asking for a passkey names nobody: no list of credentials, and no hash', async (t) => {
  const to = await inside(t, SETTINGS)
  await everybody(to)
  to.takeCalls()

  const asked = await to.send('POST', '/v1/sign-in/passkey/options')

  assert.equal(asked.status, 200, asked.text)
  const { allowCredentials = [] } = Object(asked.json.options)
  assert.deepEqual(allowCredentials, [])
  const calls = to.takeCalls()
  assert.equal(hashes(calls), 0)
  assert.doesNotMatch(calls.join(), /Email|readAccount/)
})

test('another address for an account: no hash, whoever has it', async (t) => {
  let bearer = ''

  const calls = await assertAlike(t, {}, async (to, email) => {
    if (bearer === '') bearer = (await given.signedIn(to, 'session_token')).session_token ?? ''
    to.takeCalls()
    return to.send('POST', '/v1/me/email', { bearer, body: { email } })
  })

  assert.equal(hashes(calls), 0)
})
