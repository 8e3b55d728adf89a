/** Signing in and stepping up with passkeys: what is refused first, then what it gives. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ticketOf } from './authenticator.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import {
  askToAdd,
  askToSignIn,
  askWithTicket,
  personWithPasskey,
  presentPasskey,
  signedInByPasskey,
  stepUpByPasskey,
  tryToSignIn,
} from './passkeys.ts'
import { makePasskey, usePasskey } from './soft-authenticator.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const to = shared.given
const { send, clock, adminKey } = to
const FIVE_MINUTES = 300

const present = (credential: object): Promise<given.Answer> =>
  send('POST', '/v1/sign-in/passkey', { body: { credential, deliver: 'session_token' } })

async function credentialOf(bearer: string): Promise<Record<string, unknown>> {
  const { json } = await send('GET', '/v1/me', { bearer })
  return json.credential as Record<string, unknown>
}

async function eventsOf(account: string, type: string): Promise<Record<string, unknown>[]> {
  const path = `/v1/audit?limit=50&type=${type}&target=${account}`
  const { json } = await send('GET', path, { key: adminKey })
  const items = json.items as { details: Record<string, unknown> }[]
  return items.map(({ details }) => details)
}

test('a challenge is for one sign-in: its answer is refused the second time', async () => {
  const { key } = await personWithPasskey(to)
  const credential = usePasskey(key, await askToSignIn(to))
  assert.equal((await present(credential)).status, 200)

  assertProblem(await present(credential), 'invalid_passkey')
})

test('a challenge that was answered wrongly is spent, also for the right answer', async () => {
  const { key } = await personWithPasskey(to)
  const options = await askToSignIn(to)
  assertProblem(await present(usePasskey(key, options, { flags: { uv: false } })), 'invalid_passkey')

  assertProblem(await present(usePasskey(key, options)), 'invalid_passkey')
})

test('a challenge lives for five minutes, and one that nobody made is refused', async () => {
  const { key } = await personWithPasskey(to)
  const [late, inTime] = [await askToSignIn(to), await askToSignIn(to)]
  clock.advance(FIVE_MINUTES - 1)
  assert.equal((await present(usePasskey(key, inTime))).status, 200)
  clock.advance(1)

  assertProblem(await present(usePasskey(key, late)), 'invalid_passkey')
  const made = { ...late, challenge: Buffer.alloc(32, 7).toString('base64url') }
  assertProblem(await present(usePasskey(key, made)), 'invalid_passkey')
})

test('challenges do not serve for another purpose: sign-in, second step, step-up, registration', async () => {
  const who = await personWithPasskey(to)
  const bearer = await signedInByPasskey(to, who.key)
  const ticket = await ticketOf(to, who.email)
  const [toSignIn, withTicket, toAdd] = [
    await askToSignIn(to),
    await askWithTicket(to, ticket),
    await askToAdd(to, bearer),
  ]
  const { challenge } = toAdd
  const asFactor = (options: typeof toSignIn): Promise<given.Answer> =>
    send('POST', '/v1/sign-in/factor', {
      body: { ticket, factor: 'passkey', credential: usePasskey(who.key, options) },
    })

  assertProblem(await present(usePasskey(who.key, withTicket)), 'invalid_passkey')
  assertProblem(await present(usePasskey(who.key, { ...toSignIn, challenge })), 'invalid_passkey')
  assertProblem(await asFactor(toSignIn), 'invalid_passkey')
  assertProblem(await asFactor({ ...toSignIn, challenge }), 'invalid_passkey')
  const { credential } = makePasskey({ ...toAdd, challenge: toSignIn.challenge })
  assertProblem(await send('POST', '/v1/me/passkeys', { bearer, body: { credential } }), 'invalid_passkey')
})

test('a ticket’s challenge is good with that ticket alone, also between tickets of one person', async () => {
  const who = await personWithPasskey(to)
  const [first, second] = [await ticketOf(to, who.email), await ticketOf(to, who.email)]
  const credential = usePasskey(who.key, await askWithTicket(to, first))
  const finish = (ticket: string): Promise<given.Answer> =>
    send('POST', '/v1/sign-in/factor', { body: { ticket, factor: 'passkey', credential } })

  assertProblem(await finish(second), 'invalid_passkey')

  assert.equal((await finish(first)).status, 200)
})

test('a passkey of somebody else opens nothing with my ticket, and my ticket asks for mine alone', async () => {
  const [mine, theirs] = [await personWithPasskey(to), await personWithPasskey(to)]
  const ticket = await ticketOf(to, mine.email)

  const options = await askWithTicket(to, ticket)

  assert.deepEqual(
    options.allowCredentials.map(({ id }) => id),
    [mine.key.id],
  )
  assertProblem(await presentPasskey(to, ticket, theirs.key), 'invalid_passkey')
  assertProblem(await presentPasskey(to, ticket, theirs.key, { id: mine.key.id }), 'invalid_passkey')
  assert.equal((await presentPasskey(to, ticket, mine.key)).status, 200)
})

test('five wrong answers end a ticket, and however many close no passkey', async () => {
  const who = await personWithPasskey(to)
  for (let round = 0; round < 21; round += 1) {
    const ticket = await ticketOf(to, who.email)
    for (let count = 0; count < 5; count += 1) {
      assertProblem(await presentPasskey(to, ticket, who.key, { flags: { up: false } }), 'invalid_passkey')
    }
    assertProblem(await presentPasskey(to, ticket, who.key), 'ticket_ended')
  }

  assert.equal((await presentPasskey(to, await ticketOf(to, who.email), who.key)).status, 200)
  assert.equal((await tryToSignIn(to, who.key)).status, 200)
})

test('a code in place of a passkey, a passkey in place of a code, both, and neither', async () => {
  const who = await personWithPasskey(to)
  const ticket = await ticketOf(to, who.email)
  const credential = usePasskey(who.key, await askWithTicket(to, ticket))

  for (const body of [
    { factor: 'passkey', code: '123456' },
    { factor: 'passkey', code: '123456', credential },
    { factor: 'totp', credential },
    { factor: 'totp', code: '123456', credential },
    { factor: 'recovery_code' },
  ]) {
    assertProblem(await send('POST', '/v1/sign-in/factor', { body: { ticket, ...body } }), 'invalid_request')
  }
})

test('a count that does not rise is refused and written down, and the next that rises is taken', async () => {
  const who = await personWithPasskey(to)
  assert.equal((await tryToSignIn(to, who.key, { signCount: 10 })).status, 200)

  for (const signCount of [10, 9, 0]) {
    assertProblem(await tryToSignIn(to, who.key, { signCount }), 'invalid_passkey')
    assertProblem(
      await presentPasskey(to, await ticketOf(to, who.email), who.key, { signCount }),
      'invalid_passkey',
    )
  }

  const events = await eventsOf(who.account, 'passkey.count_fell')
  assert.deepEqual(
    events.map(({ factor, stored, presented }) => [factor, stored, presented]).sort(),
    [0, 0, 10, 10, 9, 9].map((presented) => [who.id, 10, presented]),
  )
  assert.equal((await tryToSignIn(to, who.key, { signCount: 11 })).status, 200)
})

test('refusals say the same of unknown passkeys, of wrong answers and of disabled people', async () => {
  const [who, gone] = [await personWithPasskey(to), await personWithPasskey(to)]
  const { session_token: another = '' } = await given.signedIn(to, 'session_token')
  const stranger = makePasskey(await askToAdd(to, another)).key
  await send('PATCH', `/v1/accounts/${gone.account}`, { key: adminKey, body: { disabled: true } })

  const answers = [
    await tryToSignIn(to, stranger),
    await tryToSignIn(to, who.key, { signature: (bytes) => bytes.fill(1, 8, 16) }),
    await tryToSignIn(to, gone.key),
  ]

  const bodies = answers.map(({ json: { decision_id: _, ...rest } }) => JSON.stringify(rest))
  assert.equal(new Set(bodies).size, 1)
  for (const answer of answers) assertProblem(answer, 'invalid_passkey')
})

test('the options to sign in are the same for everybody, but for the challenge, and name nobody', async () => {
  const before = await askToSignIn(to)
  await personWithPasskey(to)
  const later = await askToSignIn(to)

  assert.notEqual(before.challenge, later.challenge)
  assert.ok(Buffer.from(later.challenge, 'base64url').length >= 32)
  assert.deepEqual({ ...before, challenge: '' }, { ...later, challenge: '' })
  assert.deepEqual(
    { ...later, challenge: '' },
    {
      challenge: '',
      rpId: 'localhost',
      timeout: 300_000,
      allowCredentials: [],
      userVerification: 'required',
    },
  )
})

test('who was signed out everywhere while the passkey was asked for is in again', async () => {
  const who = await personWithPasskey(to)
  const credential = usePasskey(who.key, await askToSignIn(to))
  const target = { kind: 'account', id: who.account }
  assert.equal((await send('POST', '/v1/revocations', { key: adminKey, body: { target } })).status, 200)

  const answer = await present(credential)

  assert.equal(answer.status, 200, answer.text)
})

test('a ticket from before a sign-out everywhere opens nothing, also with a passkey', async () => {
  const who = await personWithPasskey(to)
  const ticket = await ticketOf(to, who.email)
  const target = { kind: 'account', id: who.account }
  assert.equal((await send('POST', '/v1/revocations', { key: adminKey, body: { target } })).status, 200)

  assertProblem(await presentPasskey(to, ticket, who.key), 'ticket_ended')
})

test('a password alone gives a ticket to whoever has a passkey, and tickets of others ask for nothing', async () => {
  const who = await personWithPasskey(to)

  const answer = await send('POST', '/v1/sign-in', { body: { email: who.email, password: given.PASSWORD } })

  const { ticket: _, ...rest } = answer.json
  assert.deepEqual(rest, {
    status: 'factor_required',
    factors: ['passkey', 'recovery_code'],
    reason: 'account_has_factor',
  })
  const body = { ticket: 'nobodyHasThis' }
  const asked = await send('POST', '/v1/sign-in/factor/passkey/options', { body })
  assertProblem(asked, 'ticket_ended')
})

test('a step-up’s ticket asks in its own session alone, and not at the sign-in', async () => {
  const who = await personWithPasskey(to)
  const [mine, other] = [await signedInByPasskey(to, who.key), await signedInByPasskey(to, who.key)]
  const begun = await send('POST', '/v1/me/step-up', { bearer: mine })
  const body = { ticket: given.at(begun.json, 'ticket') }
  const path = '/v1/me/step-up/passkey/options'

  assertProblem(await send('POST', path, { bearer: other, body }), 'ticket_ended')
  assertProblem(await send('POST', '/v1/sign-in/factor/passkey/options', { body }), 'ticket_ended')
  const signInTicket = { ticket: await ticketOf(to, who.email) }
  assertProblem(await send('POST', path, { bearer: mine, body: signInTicket }), 'ticket_ended')
  assert.equal((await send('POST', path, { bearer: mine, body })).status, 200)
})

test('amr and acr say what was proved: where the key lives, that somebody was there, and two factors', async () => {
  const level = async (bearer: string): Promise<unknown[]> => {
    const { amr, acr } = await credentialOf(bearer)
    return [amr, acr]
  }
  const aal2 = 'urn:countersign:acr:aal2'
  const bound = await personWithPasskey(to)
  const synced = await personWithPasskey(to, { synced: true })
  const tokenOf = ({ json, text }: given.Answer): string => {
    assert.equal(json.status, 'signed_in', text)
    return given.at(json, 'session_token')
  }

  assert.deepEqual(await level(await signedInByPasskey(to, bound.key)), [['hwk', 'user', 'mfa'], aal2])
  assert.deepEqual(await level(await signedInByPasskey(to, synced.key)), [['swk', 'user', 'mfa'], aal2])
  const ticket = await ticketOf(to, bound.email, { deliver: 'session_token' })
  // The password is what the person knows, so the device need not ask.
  const second = tokenOf(await presentPasskey(to, ticket, bound.key, { flags: { uv: false } }))
  assert.deepEqual(await level(second), [['pwd', 'hwk', 'user', 'mfa'], aal2])
})

test('a session without a password steps up only with a device that asks who it is', async () => {
  const who = await personWithPasskey(to)
  const bearer = await signedInByPasskey(to, who.key)
  clock.advance(700)

  assertProblem(await stepUpByPasskey(to, bearer, who.key, { flags: { uv: false } }), 'invalid_passkey')
  const raised = await stepUpByPasskey(to, bearer, who.key)

  assert.equal(raised.json.status, 'stepped_up', raised.text)
  assert.equal((await send('GET', '/v1/me', { bearer })).status, 401)
  const strong = given.at(raised.json, 'session_token')
  assert.equal((await send('POST', '/v1/me/passkeys/options', { bearer: strong })).status, 200)
})

test('the backup state is kept as it was last seen', async () => {
  const who = await personWithPasskey(to, { synced: true, flags: { bs: false, uv: false } })
  const shown = async (bearer: string): Promise<unknown[]> => {
    const { json } = await send('GET', '/v1/me/passkeys', { bearer })
    const [one] = json.items as Record<string, unknown>[]
    return [one?.synced, one?.backed_up, one?.user_verified, one?.last_used_at]
  }
  assert.deepEqual(await shown(who.bearer), [true, false, false, null])

  const bearer = await signedInByPasskey(to, who.key)

  assert.deepEqual(await shown(bearer), [true, true, true, new Date(clock.nowMs()).toISOString()])
})

test('each delivery: cookie by default, a JWT with its refresh token', async () => {
  const who = await personWithPasskey(to)

  const cookie = await send('POST', '/v1/sign-in/passkey', {
    body: { credential: usePasskey(who.key, await askToSignIn(to)) },
  })
  const jwt = await tryToSignIn(to, who.key, {}, { deliver: 'jwt', refresh: 'cookie' })

  assert.match(cookie.headers.getSetCookie()[0] ?? '', /^__Host-countersign_session=/)
  assert.match(jwt.headers.getSetCookie()[0] ?? '', /^__Secure-countersign_refresh=/)
  const me = await send('GET', '/v1/me', { bearer: given.at(jwt.json, 'access_token') })
  assert.deepEqual((me.json.credential as { amr: string[] }).amr, ['hwk', 'user', 'mfa'])
})

test('a foreign page cannot sign its visitor in with a passkey of its own', async () => {
  const who = await personWithPasskey(to)
  const body = { credential: usePasskey(who.key, await askToSignIn(to)) }

  const answer = await send('POST', '/v1/sign-in/passkey', {
    body,
    headers: { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' },
  })

  assertProblem(answer, 'csrf_refused')
})
