/** Browsers in which somebody is not asked for the second factor for a while: who is, who is not, and what ends it. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import {
  codeOf,
  enrolTotp,
  nextStep,
  type PersonWithTotp,
  personWithTotp,
  presentRecovery,
  presentTotp,
  stepUp,
} from './authenticator.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'

const DAYS = 30
const shared = await given.openAuthority({
  ...given.UNLIMITED,
  COUNTERSIGN_TRUSTED_DEVICE_DAYS: `${DAYS}`,
  COUNTERSIGN_ASSURANCE_ROLES: 'careful=aal2',
})
after(shared.close)
const { send, clock, adminKey } = shared.given
const to = shared.given

const cookiesOf = (answer: given.Answer): string =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .join('; ')

const signIn = (email: string, cookie = '', more: object = {}): Promise<given.Answer> =>
  send('POST', '/v1/sign-in', { cookie, body: { email, password: given.PASSWORD, ...more } })

async function present(ticket: string, seed: string, more: object): Promise<given.Answer> {
  const answer = await presentTotp(to, ticket, codeOf(seed, clock.nowMs()), more)
  assert.equal(answer.status, 200, answer.text)
  nextStep(clock)
  return answer
}

/** Signs in with both factors in a browser, which is then trusted. Its cookies. */
async function trusting({ email, seed }: PersonWithTotp): Promise<string> {
  const first = await signIn(email)
  return cookiesOf(await present(given.at(first.json, 'ticket'), seed, { trust_device: true }))
}

const isSpared = async (email: string, cookie: string): Promise<boolean> => {
  const answer = await signIn(email, deviceOf(cookie))
  assert.equal(answer.status, 200, answer.text)
  return answer.json.status !== 'factor_required'
}

/** Without the session, as after a sign-out. */
const deviceOf = (cookie: string): string =>
  cookie.split('; ').find((one) => one.startsWith('__Host-countersign_device=')) ?? ''

test('nobody is spared by default, whoever asks for it', async (t) => {
  const plain = await given.authority(t, given.UNLIMITED)
  const who = await personWithTotp(plain)
  const ticket = given.at(
    (await plain.send('POST', '/v1/sign-in', { body: { email: who.email, password: given.PASSWORD } })).json,
    'ticket',
  )
  const signed = await presentTotp(plain, ticket, codeOf(who.seed, plain.clock.nowMs()), {
    trust_device: true,
  })
  assert.equal(signed.status, 200, signed.text)

  const again = await plain.send('POST', '/v1/sign-in', {
    cookie: deviceOf(cookiesOf(signed)),
    body: { email: who.email, password: given.PASSWORD },
  })

  assert.equal(again.json.status, 'factor_required')
})

test('who ticked the box is spared in that browser alone, for so many days, for a session of one factor', async () => {
  const who = await personWithTotp(to)
  const cookie = await trusting(who)

  assert.equal(await isSpared(who.email, ''), false)
  const spared = await signIn(who.email, deviceOf(cookie), { deliver: 'session_token' })
  const session = given.at(spared.json, 'session_token')
  const me = await send('GET', '/v1/me', { bearer: session })
  assert.deepEqual((me.json.credential as { amr: unknown }).amr, ['pwd'])
  assert.match(given.at(me.json, 'credential', 'acr'), /aal1|:1$|pwd/i)
  assertProblem(
    await send('POST', '/v1/me/recovery-codes', { bearer: session }),
    'insufficient_user_authentication',
  )
  assert.equal((await stepUp(to, session, 'totp', codeOf(who.seed, clock.nowMs()))).status, 200)
  nextStep(clock)

  clock.advance(DAYS * 86_400 - 600)
  assert.equal(await isSpared(who.email, cookie), true)
  clock.advance(600)
  assert.equal(await isSpared(who.email, cookie), false)
})

test('a browser that was not trusted, or by somebody else, spares nobody', async () => {
  const [who, other] = [await personWithTotp(to), await personWithTotp(to)]
  const first = await signIn(who.email)
  const plain = cookiesOf(await present(given.at(first.json, 'ticket'), who.seed, {}))
  assert.equal(await isSpared(who.email, plain), false)

  const trusted = await trusting(who)
  const second = await signIn(other.email, deviceOf(trusted))
  assert.equal(second.json.status, 'factor_required')
  const both = cookiesOf(await present(given.at(second.json, 'ticket'), other.seed, {}))
  assert.equal(await isSpared(other.email, both), false)
})

test('a recovery code makes no browser trusted, nor does a program without a cookie', async () => {
  const who = await personWithTotp(to)
  const first = await signIn(who.email)
  const [code = ''] = who.recoveryCodes
  const recovered = await presentRecovery(to, given.at(first.json, 'ticket'), code, { trust_device: true })
  assert.equal(recovered.status, 200, recovered.text)
  assert.equal(await isSpared(who.email, cookiesOf(recovered)), false)

  const program = await signIn(who.email, '', { deliver: 'session_token' })
  await present(given.at(program.json, 'ticket'), who.seed, { trust_device: true })
  const devices = await send('GET', '/v1/me/devices', { bearer: who.bearer })
  const items = devices.json.items as readonly { trusted_until: string | null }[]
  assert.deepEqual(
    items.filter(({ trusted_until: until }) => until !== null),
    [],
  )
})

test('whoever is demanded a factor from is asked for it, trusted browser or not', async () => {
  const role = await send('POST', '/v1/roles', { key: adminKey, body: { id: 'careful', permissions: [] } })
  assert.equal(role.status, 201, role.text)
  const who = await personWithTotp(to)
  const cookie = await trusting(who)
  assert.equal(await isSpared(who.email, cookie), true)

  const changed = await send('PATCH', `/v1/accounts/${who.account}`, {
    key: adminKey,
    body: { roles: ['member', 'careful'] },
  })
  assert.equal(changed.status, 200, changed.text)

  assert.equal(await isSpared(who.email, cookie), false)
})

type End = (who: PersonWithTotp, strong: string) => Promise<given.Answer>

const ends: Record<string, End> = {
  'another password': (_, bearer) =>
    send('POST', '/v1/me/password', {
      bearer,
      body: { current_password: given.PASSWORD, new_password: 'violet gravel pushed the tram' },
    }),
  'a password that has to be changed': (who) =>
    send('POST', `/v1/accounts/${who.account}/require-password-change`, { key: adminKey, body: {} }),
  'new recovery codes': (_, bearer) => send('POST', '/v1/me/recovery-codes', { bearer }),
  'another factor': async (_, bearer) => {
    await enrolTotp(to, bearer, 'a second app')
    return send('GET', '/v1/me', { bearer })
  },
  'signing out everywhere else': (_, bearer) => send('POST', '/v1/me/sessions/revoke-others', { bearer }),
  'an administrator who signs the person out': (who) =>
    send('POST', '/v1/revocations', {
      key: adminKey,
      body: { target: { kind: 'account', id: who.account } },
    }),
  'forgetting the devices': (_, bearer) => send('DELETE', '/v1/me/devices', { bearer }),
}

for (const [what, end] of Object.entries(ends)) {
  test(`it is over with ${what}`, async () => {
    const who = await personWithTotp(to)
    const cookie = await trusting(who)
    const first = await signIn(who.email, '', { deliver: 'session_token' })
    const strong = given.at(
      (await present(given.at(first.json, 'ticket'), who.seed, {})).json,
      'session_token',
    )
    assert.equal(await isSpared(who.email, cookie), true)

    const ended = await end(who, strong)

    assert.ok(ended.status < 300, ended.text)
    const password = what === 'another password' ? { password: 'violet gravel pushed the tram' } : {}
    const again = await signIn(who.email, deviceOf(cookie), password)
    assert.equal(again.json.status, 'factor_required', again.text)
  })
}

test('the list of devices says until when, and an account that was locked trusts none afterwards', async () => {
  const who = await personWithTotp(to)
  const cookie = await trusting(who)
  const until = new Date(clock.nowMs() - 30_000 + DAYS * 86_400_000).toISOString()
  const devices = await send('GET', '/v1/me/devices', { bearer: who.bearer })
  const [device] = devices.json.items as readonly { trusted_until: string | null }[]
  assert.equal(device?.trusted_until, until)

  for (const disabled of [true, false]) {
    const answer = await send('PATCH', `/v1/accounts/${who.account}`, { key: adminKey, body: { disabled } })
    assert.equal(answer.status, 200, answer.text)
  }

  assert.equal(await isSpared(who.email, cookie), false)
})
