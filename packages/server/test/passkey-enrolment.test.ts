/** A policy that demands a factor, met with a passkey on the way in: the ticket makes the first one, and nothing else. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { codesOf, enrolTotp, presentRecovery, signedInByTotp, ticketOf } from './authenticator.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { type askToAdd, askToSignIn, creationOptionsOf, tryToSignIn } from './passkeys.ts'
import { type BentMaking, makePasskey, type SoftKey, usePasskey } from './soft-authenticator.ts'

const shared = await given.openAuthority({ ...given.UNLIMITED, COUNTERSIGN_MFA: 'required' })
after(shared.close)
const to = shared.given
const { send, adminKey } = to

const OPTIONS = '/v1/sign-in/factors/passkey/options'

const ask = async (ticket: string): ReturnType<typeof askToAdd> =>
  creationOptionsOf(await send('POST', OPTIONS, { body: { ticket } }))

const finish = (ticket: string, credential: object): Promise<given.Answer> =>
  send('POST', '/v1/sign-in/factor', { body: { ticket, factor: 'passkey', credential } })

async function enrol(
  email: string,
  bent: BentMaking = {},
): Promise<{ ticket: string; key: SoftKey; answer: given.Answer }> {
  const ticket = await ticketOf(to, email, { deliver: 'session_token' })
  const { key, credential } = makePasskey(await ask(ticket), bent)
  return { ticket, key, answer: await finish(ticket, credential) }
}

const factorsOf = async (account: string): Promise<unknown[]> =>
  (await send('GET', `/v1/accounts/${account}/factors`, { key: adminKey })).json.items as unknown[]

test('what a device makes wrongly enrols nothing, and the ticket takes the next', async () => {
  const { email, id } = await given.person(to)
  const ticket = await ticketOf(to, email)
  for (const bent of [
    { flags: { up: false } },
    { rpId: 'example.com' },
    { client: { origin: 'http://x' } },
  ]) {
    assertProblem(await finish(ticket, makePasskey(await ask(ticket), bent).credential), 'invalid_passkey')
  }
  assert.deepEqual(await factorsOf(id), [])

  const { credential } = makePasskey(await ask(ticket))

  assert.equal((await finish(ticket, credential)).status, 200)
})

test('a challenge of another ticket, another person or another purpose enrols nothing', async () => {
  const [mine, theirs] = [await given.person(to), await given.person(to)]
  const ticket = await ticketOf(to, mine.email)
  const others = [
    await ask(await ticketOf(to, mine.email)),
    await ask(await ticketOf(to, theirs.email)),
    { ...(await ask(ticket)), challenge: (await askToSignIn(to)).challenge },
  ]

  for (const options of others) {
    assertProblem(await finish(ticket, makePasskey(options).credential), 'invalid_passkey')
  }
  assert.deepEqual(await factorsOf(mine.id), [])
})

test('a ticket to enrol with takes no passkey that somebody has, and other tickets take no new one', async () => {
  const { email } = await given.person(to)
  const first = await enrol(email)
  assert.equal(first.answer.status, 200)
  const ticket = await ticketOf(to, email)
  const { credential } = makePasskey({ ...(await ask(await newTicket())), challenge: 'x'.repeat(43) })

  assertProblem(await finish(ticket, credential), 'invalid_passkey')
  assertProblem(await send('POST', OPTIONS, { body: { ticket } }), 'ticket_ended')

  const enrolling = await newTicket()
  const asked = { challenge: (await ask(enrolling)).challenge, rpId: 'localhost', timeout: 1 }
  const assertion = usePasskey(first.key, { ...asked, allowCredentials: [], userVerification: 'required' })
  assertProblem(await finish(enrolling, assertion), 'invalid_passkey')
})

async function newTicket(): Promise<string> {
  return ticketOf(to, (await given.person(to)).email)
}

test('once a factor is there, no ticket from before adds another', async () => {
  const { email, id } = await given.person(to)
  const late = await ticketOf(to, email)
  const options = await ask(late)
  assert.equal((await enrol(email)).answer.status, 200)

  assertProblem(await finish(late, makePasskey(options).credential), 'invalid_passkey')

  assert.equal((await factorsOf(id)).length, 1)
})

test('it signs in, with recovery codes that work, and the passkey alone works from then on', async () => {
  const { email, id } = await given.person(to)
  const first = await send('POST', '/v1/sign-in', { body: { email, password: given.PASSWORD } })
  assert.deepEqual(
    [first.json.status, first.json.factors],
    ['factor_enrolment_required', ['passkey', 'totp']],
  )

  const { key, answer } = await enrol(email, { synced: true })

  assert.equal(answer.status, 200, answer.text)
  const codes = codesOf(answer)
  assert.equal(codes.length, 10)
  const me = await send('GET', '/v1/me', { bearer: given.at(answer.json, 'session_token') })
  assert.deepEqual((me.json.credential as { amr: unknown }).amr, ['pwd', 'swk', 'user', 'mfa'])
  assert.equal((await tryToSignIn(to, key)).status, 200)
  const recovered = await presentRecovery(to, await ticketOf(to, email), codes[4] ?? '')
  assert.equal(recovered.status, 200)
  const audit = await send('GET', `/v1/audit?type=factor.added&target=${id}`, { key: adminKey })
  const [event] = audit.json.items as { details: Record<string, unknown>; actor: { id: string } }[]
  assert.deepEqual([event?.details.kind, event?.actor.id], ['passkey', id])
})

test('the last factor stays where the policy demands one, whichever kind it is; another one may go', async () => {
  const { email } = await given.person(to)
  const { answer } = await enrol(email)
  const bearer = given.at(answer.json, 'session_token')
  const listed = await send('GET', '/v1/me/passkeys', { bearer })
  const [{ id = '' } = {}] = listed.json.items as { id?: string }[]

  assertProblem(await send('DELETE', `/v1/me/passkeys/${id}`, { bearer }), 'last_factor')

  const { seed } = await enrolTotp(to, bearer)
  assert.equal((await send('DELETE', `/v1/me/passkeys/${id}`, { bearer })).status, 204)
  assert.equal(
    (await send('GET', '/v1/me', { bearer: await signedInByTotp(to, { email, seed }) })).status,
    200,
  )
})

test('of four who finish one enrolment at once, one does, and there is one passkey', async () => {
  const { email, id } = await given.person(to)
  const ticket = await ticketOf(to, email)
  const { credential } = makePasskey(await ask(ticket))

  const answers = await Promise.all(Array.from({ length: 4 }, () => finish(ticket, credential)))

  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
  assert.equal((await factorsOf(id)).length, 1)
})

test('somebody else’s passkey is not enrolled a second time', async () => {
  const credentialId = Buffer.alloc(32, 3)
  const other = await given.person(to)
  assert.equal((await enrol(other.email, { credentialId })).answer.status, 200)
  const { email, id } = await given.person(to)

  assertProblem((await enrol(email, { credentialId })).answer, 'invalid_passkey')

  assert.deepEqual(await factorsOf(id), [])
})
