/** Known devices: who is given the cookie, whom it makes known, and the list of them. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { codeOf, enrolTotp, presentTotp } from './authenticator.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { send, clock } = shared.given

const NAME = '__Host-countersign_device'

const signIn = (email: string, options: given.SendOptions = {}, more: object = {}): Promise<given.Answer> =>
  send('POST', '/v1/sign-in', { ...options, body: { email, password: given.PASSWORD, ...more } })

/** The secrets in the cookie that was set, the newest first; none where none was. */
function secretsOf(answer: given.Answer): readonly string[] {
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '')
  const value = cookies.find((cookie) => cookie.startsWith(`${NAME}=`))?.slice(NAME.length + 1) ?? ''
  return value === '' ? [] : value.split('.')
}

const cookieOf = (...secrets: readonly string[]): string => `${NAME}=${secrets.join('.')}`

interface Shown {
  readonly id: string
  readonly current: boolean
  readonly name: string | null
  readonly last_seen_at: string
}

async function devicesOf(bearer: string, cookie = ''): Promise<readonly Shown[]> {
  const answer = await send('GET', '/v1/me/devices', { bearer, cookie })
  assert.equal(answer.status, 200, answer.text)
  return answer.json.items as readonly Shown[]
}

async function someone(): Promise<{ email: string; bearer: string }> {
  const { email } = await given.person(shared.given)
  const { session_token: bearer = '' } = await given.signedIn(shared.given, 'session_token', email)
  return { email, bearer }
}

test('programs that hold their own credential are given no cookie, nor is whoever is refused', async () => {
  const { email, bearer } = await someone()

  for (const more of [
    { deliver: 'session_token' },
    { deliver: 'jwt' },
    { password: 'another quiet otter' },
  ]) {
    assert.deepEqual(secretsOf(await signIn(email, {}, more)), [])
  }
  assert.deepEqual(await devicesOf(bearer), [])
})

test('a browser becomes known by its sign-in, and the next one there makes no second device of it', async () => {
  const { email, bearer } = await someone()
  const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
  const [secret = ''] = secretsOf(await signIn(email, { headers: { 'user-agent': agent } }))

  clock.advance(60)
  const again = await signIn(email, { cookie: cookieOf(secret) })

  assert.deepEqual(secretsOf(again), [secret])
  const [device, ...others] = await devicesOf(bearer, cookieOf(secret))
  assert.deepEqual(others, [])
  assert.equal(device?.current, true)
  assert.equal(device?.name, 'Firefox on Linux')
  assert.equal(device?.last_seen_at, new Date(clock.nowMs()).toISOString())
  assert.equal((await devicesOf(bearer))[0]?.current, false)
})

test('a secret that was planted is not taken over: whoever planted it would be known with it', async () => {
  const thief = await someone()
  const victim = await someone()
  const [planted = ''] = secretsOf(await signIn(thief.email))

  const secrets = secretsOf(await signIn(victim.email, { cookie: cookieOf(planted) }))

  assert.equal(secrets.length, 2)
  assert.equal(secrets[1], planted)
  assert.equal((await devicesOf(victim.bearer, cookieOf(planted)))[0]?.current, false)
  assert.equal((await devicesOf(victim.bearer, cookieOf(...secrets)))[0]?.current, true)
})

test('people who share a browser are each known in it, four of them at most', async () => {
  const people = await Promise.all(Array.from({ length: 5 }, someone))
  let held: readonly string[] = []
  for (const { email } of people) {
    held = secretsOf(await signIn(email, held.length > 0 ? { cookie: cookieOf(...held) } : {}))
  }

  assert.equal(held.length, 4)
  const known = await Promise.all(people.map(({ bearer }) => devicesOf(bearer, cookieOf(...held))))
  assert.deepEqual(
    known.map(([device]) => device?.current),
    [false, true, true, true, true],
  )
})

test('a cookie that we never set says nothing: too many parts, other characters, twice', async () => {
  const { email, bearer } = await someone()
  const [secret = ''] = secretsOf(await signIn(email))
  const long = Array.from({ length: 5 }, () => secret)

  for (const cookie of [
    cookieOf(...long),
    cookieOf(secret, 'x'),
    cookieOf(`${secret}x`),
    cookieOf(secret.slice(1)),
    `${cookieOf(secret)}; ${cookieOf(secret)}`,
    `__Secure-countersign_device=${secret}`,
  ]) {
    assert.equal((await devicesOf(bearer, cookie))[0]?.current, false, cookie)
  }
})

test('with a second factor the browser is known after the second step, and not before', async () => {
  const { email, bearer } = await someone()
  const totp = await enrolTotp(shared.given, bearer)
  const first = await signIn(email)
  assert.deepEqual(secretsOf(first), [])
  assert.deepEqual(await devicesOf(bearer), [])

  const second = await presentTotp(
    shared.given,
    given.at(first.json, 'ticket'),
    codeOf(totp.seed, clock.nowMs()),
  )

  assert.equal(secretsOf(second).length, 1)
  assert.equal((await devicesOf(bearer)).length, 1)
})

test('the device cookie signs nobody in, and tells nobody else’s request anything', async () => {
  const { email } = await someone()
  const [secret = ''] = secretsOf(await signIn(email))

  assertProblem(await send('GET', '/v1/me', { cookie: cookieOf(secret) }), 'credential_required')
  assertProblem(await send('GET', '/v1/me', { bearer: secret }), 'invalid_credential')
})

test('404 for another person’s device, as for one that nobody has, and it stays', async () => {
  const [alice, bob] = [await someone(), await someone()]
  await signIn(bob.email)
  const [device] = await devicesOf(bob.bearer)

  for (const id of [device?.id ?? '', `dev_${'0'.repeat(26)}`, 'nonsense']) {
    const answer = await send('DELETE', `/v1/me/devices/${id}`, { bearer: alice.bearer })
    assertProblem(answer, 'not_found')
  }

  assert.equal((await devicesOf(bob.bearer)).length, 1)
})

test('a device that was forgotten is a stranger from then on, though its session stays', async () => {
  const { email, bearer } = await someone()
  const first = await signIn(email)
  const [secret = ''] = secretsOf(first)
  await signIn(email)
  const [device] = (await devicesOf(bearer, cookieOf(secret))).filter(({ current }) => current)

  const forgotten = await send('DELETE', `/v1/me/devices/${device?.id}`, { bearer })

  assert.equal(forgotten.status, 204)
  assert.ok((await devicesOf(bearer, cookieOf(secret))).every(({ current }) => !current))
  const session = first.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  assert.equal((await send('GET', '/v1/me', { cookie: session })).status, 200)
  const all = await send('DELETE', '/v1/me/devices', { bearer })
  assert.deepEqual(all.json, { forgotten: 1 })
  assert.deepEqual(await devicesOf(bearer), [])
})
