/** Guessing at a password: waits that grow, the same for accounts that nobody has, and never a lockout of the owner. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createApp } from '../src/http/app.ts'
import { toFetch } from '../src/http/from-request.ts'
import { routes } from '../src/routes/table.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { type Inside, inside } from './inside.ts'

const PATH = '/v1/sign-in'
const password = given.PASSWORD
const wrong = 'another quiet otter'

let addresses = 0

/** Each from an address of its own, as attackers do. */
function attempt(to: Pick<Inside, 'send'>, email: string, tried: string, cookie = ''): Promise<given.Answer> {
  addresses += 1
  const address = `198.51.${Math.floor(addresses / 250)}.${(addresses % 250) + 1}`
  return to.send('POST', PATH, { address, cookie, encrypted: true, body: { email, password: tried } })
}

const deviceOf = (answer: given.Answer): string =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .find((cookie) => cookie.startsWith('__Host-countersign_device=')) ?? ''

/** Guesses until a wait of `seconds` runs. */
async function guessUntil(to: Inside, email: string, seconds: number, cookie = ''): Promise<given.Answer> {
  for (let guess = 0; guess < 200; guess += 1) {
    const answer = await attempt(to, email, wrong, cookie)
    if (answer.status === 401) continue
    const waitSeconds = Number(answer.headers.get('retry-after'))
    if (waitSeconds >= seconds) return answer
    to.clock.advance(waitSeconds)
  }
  throw new Error('There is no such wait.')
}

test('after five wrong passwords from anywhere each further one waits, also the right one', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { email } = await given.person(to)
  for (let guess = 0; guess < 5; guess += 1) {
    assertProblem(await attempt(to, email, wrong), 'invalid_credentials')
  }

  const early = await attempt(to, email, password)
  to.clock.advance(1)
  const later = await attempt(to, email, wrong)
  const twice = await attempt(to, email, password)
  to.clock.advance(2)
  const right = await attempt(to, email, password)

  assertProblem(early, 'too_many_failures')
  assert.equal(early.headers.get('retry-after'), '1')
  assertProblem(later, 'invalid_credentials')
  assert.equal(twice.headers.get('retry-after'), '2')
  assert.equal(right.status, 200)
  for (let guess = 0; guess < 5; guess += 1) assert.equal((await attempt(to, email, wrong)).status, 401)
})

test('fifty guesses at the same moment reach the hasher five times', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { email } = await given.person(to)
  to.takeCalls()

  const answers = await Promise.all(Array.from({ length: 50 }, () => attempt(to, email, wrong)))

  assert.equal(answers.filter(({ status }) => status === 401).length, 5)
  assert.equal(to.takeCalls().filter((call) => call === 'passwords.verify').length, 5)
})

test('an address that nobody has waits as long, to the byte and to the call, however it is spelled', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { email } = await given.person(to)
  const looks: unknown[] = []
  for (const who of [email, 'nobody@example.com', 'ｎobody.else@example.com', 'no address at all']) {
    const spellings = [who, who.toUpperCase(), ` ${who} `]
    const seen: unknown[] = []
    to.takeCalls()
    for (let guess = 0; guess < 24; guess += 1) {
      const answer = await attempt(to, spellings[guess % 3] ?? '', wrong)
      const { decision_id: id, ...rest } = answer.json
      seen.push([answer.status, [...answer.headers], rest, String(id).length, to.takeCalls()])
      if (guess % 2 === 1) to.clock.advance(Number(answer.headers.get('retry-after') ?? 0))
    }
    looks.push(seen)
  }

  for (const one of looks) assert.deepEqual(one, looks[0])
})

test('whoever has to wait costs one read: no hash, no write, no event', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  await guessUntil(to, 'nobody@example.com', 60)
  to.takeCalls()

  await attempt(to, 'nobody@example.com', password)

  assert.deepEqual(to.takeCalls(), ['store.readSignIn'])
})

test('on a known device the owner gets in at once while strangers guess, and that ends their row', async (t) => {
  const to = await inside(t)
  const { email } = await given.person(to)
  const device = deviceOf(await attempt(to, email, password))
  await guessUntil(to, email, 900)
  assertProblem(await attempt(to, email, password), 'too_many_failures')

  const known = await attempt(to, email, password, device)

  assert.equal(known.status, 200)
  assert.equal((await attempt(to, email, password)).status, 200)
})

test('a device that was made up, or is of another account, waits with the strangers', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { email } = await given.person(to)
  const foreign = deviceOf(await attempt(to, (await given.person(to)).email, password))
  await guessUntil(to, email, 900)

  for (const cookie of [
    foreign,
    `__Host-countersign_device=${'A'.repeat(43)}`,
    '__Host-countersign_device=x',
  ]) {
    assertProblem(await attempt(to, email, password, cookie), 'too_many_failures')
  }
})

test('guesses on a known device wait by themselves and keep nobody else out', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { email } = await given.person(to)
  const device = deviceOf(await attempt(to, email, password))

  await guessUntil(to, email, 900, device)

  assertProblem(await attempt(to, email, password, device), 'too_many_failures')
  assert.equal((await attempt(to, email, password)).status, 200)
})

test('the hundred and first guess is refused for good, until the owner signs in on a known device', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { email } = await given.person(to)
  const device = deviceOf(await attempt(to, email, password))
  for (let guess = 0; guess < 100; guess += 1) {
    assertProblem(await attempt(to, email, wrong), 'invalid_credentials')
    to.clock.advance(900)
  }

  to.clock.advance(30 * 86_400)
  const closed = await attempt(to, email, password)
  const known = await attempt(to, email, password, device)

  assertProblem(closed, 'too_many_failures')
  assert.equal(closed.headers.get('retry-after'), '900')
  assert.equal(known.status, 200)
  assert.equal((await attempt(to, email, password)).status, 200)
})

test('an administrator sees that the password is closed, and opens it again', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { email, id } = await given.person(to)
  for (let guess = 0; guess < 100; guess += 1) {
    await attempt(to, email, wrong)
    to.clock.advance(900)
  }
  const path = `/v1/accounts/${id}/factors`
  const shown = await to.send('GET', path, { key: to.adminKey })

  const reopened = await to.send('POST', `${path}/reopen`, { key: to.adminKey })

  assert.deepEqual(shown.json.closed, ['password'])
  assert.equal(reopened.status, 204)
  assert.equal((await attempt(to, email, password)).status, 200)
})

test('waits survive a restart, so that crashing the server frees nobody who guesses', async (t) => {
  const to = await given.authority(t, given.UNLIMITED)
  const { email } = await given.person(to)
  for (let guess = 0; guess < 5; guess += 1) await attempt(to, email, wrong)

  await to.restart()

  assertProblem(await attempt(to, email, password), 'too_many_failures')
})

test('a guess whose comparison never came to an end is counted', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { email } = await given.person(to)
  const { core } = to.services
  const verify = (): Promise<never> => Promise.reject(new Error('The process died.'))
  const dying = { ...to.services, core: { ...core, passwords: { ...core.passwords, verify } } }
  const app = createApp(dying, routes)
  const fetch = toFetch(app)
  for (let guess = 0; guess < 5; guess += 1) {
    const answer = await given.send({ fetch }, 'POST', PATH, { body: { email, password: wrong } })
    assertProblem(answer, 'internal_error')
  }

  assertProblem(await attempt(to, email, password), 'too_many_failures')
})

test('it is written down where waiting begins and where the password closes, and no single wait', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { email, id } = await given.person(to)
  for (let guess = 0; guess < 100; guess += 1) {
    await attempt(to, email, wrong)
    await attempt(to, email, wrong)
    to.clock.advance(900)
  }

  const count = async (type: string): Promise<number> => {
    const path = `/v1/audit?type=${type}&target=${id}&limit=200`
    return ((await to.send('GET', path, { key: to.adminKey })).json.items as unknown[]).length
  }

  assert.equal(await count('sign_in.slowed'), 1)
  assert.equal(await count('factor.closed'), 1)
  assert.equal(await count('sign_in.refused'), 100)
})
