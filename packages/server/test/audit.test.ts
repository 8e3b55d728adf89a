/** The audit log: what each action leaves behind, who may read it, and that nobody can change it unseen. */
import assert from 'node:assert/strict'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { timeOfId } from '@countersign/protocol'
import { assertProblem } from './contract.ts'
import { readNamed } from './crash/flaws.ts'
import * as given from './given.ts'

interface Event {
  readonly id: string
  readonly at: string
  readonly type: string
  readonly outcome: string
  readonly actor: { readonly kind: string; readonly id: string | null; readonly credential: string | null }
  readonly target: { readonly kind: string; readonly id: string } | null
  readonly address: string | null
  readonly request_id: string | null
  readonly details: Readonly<Record<string, unknown>>
  readonly chain: { readonly position: number; readonly hash: string } | null
}

async function read(to: given.Given, query = ''): Promise<readonly Event[]> {
  const answer = await to.send('GET', `/v1/audit?limit=200${query}`, { key: to.adminKey })
  return answer.json.items as Event[]
}

const chainOf = async (to: given.Given): Promise<Readonly<Record<string, unknown>>> =>
  (await to.send('GET', '/v1/audit/chain', { key: to.adminKey })).json

/** Does the action and answers the one event that it left. */
async function eventOf(to: given.Given, action: () => Promise<given.Answer>): Promise<Event> {
  const before = new Set((await read(to)).map(({ id }) => id))
  to.clock.advance(1)
  const answer = await action()
  assert.ok(answer.status < 300, answer.text)
  const [event, ...others] = (await read(to)).filter(({ id }) => !before.has(id))
  assert.ok(event)
  assert.deepEqual(others, [])
  assert.equal(Date.parse(event.at), to.clock.nowMs())
  assert.equal(timeOfId(event.id), to.clock.nowMs())
  assert.equal(event.address, '127.0.0.1')
  assert.match(event.request_id ?? '', /^dec_[0-9a-z]+$/)
  return event
}

test('what an administrator does to people leaves who did it, with which key, to whom', async (t) => {
  const to = await given.authority(t)
  const key = to.adminKey
  const self = await to.send('GET', '/v1/me', { key })
  const actor = {
    kind: 'service_account',
    id: given.at(self.json, 'principal', 'id'),
    credential: given.at(self.json, 'credential', 'id'),
  }
  const body = { email: 'managed@example.com', password: given.PASSWORD }
  const created = await eventOf(to, () => to.send('POST', '/v1/accounts', { key, body }))
  const id = created.target?.id ?? ''
  const change = (changes: object): Promise<Event> =>
    eventOf(to, () => to.send('PATCH', `/v1/accounts/${id}`, { key, body: changes }))

  const events = [
    created,
    await change({ name: 'Managed' }),
    await change({ roles: ['member', 'administrator'] }),
    await change({ disabled: true }),
    await change({ disabled: false }),
    await eventOf(to, () => to.send('DELETE', `/v1/accounts/${id}`, { key })),
  ]

  assert.deepEqual(
    events.map(({ type, details }) => [type, details]),
    [
      ['account.created', {}],
      ['account.changed', { fields: 'name' }],
      ['account.changed', { fields: 'roles', roles: 'member administrator' }],
      ['account.disabled', { fields: 'disabled' }],
      ['account.enabled', { fields: 'disabled' }],
      ['account.ended', {}],
    ],
  )
  for (const event of events) {
    assert.deepEqual(event.actor, actor)
    assert.deepEqual(event.target, { kind: 'account', id })
    assert.equal(event.outcome, 'success')
  }
})

test('what is done to programs, roles and keys leaves its events', async (t) => {
  const to = await given.authority(t)
  const key = to.adminKey
  const act = (method: string, path: string, body?: object): Promise<Event> =>
    eventOf(to, () => to.send(method, path, body === undefined ? { key } : { key, body }))

  const service = await act('POST', '/v1/service-accounts', { name: 'a program' })
  const path = `/v1/service-accounts/${service.target?.id}`
  const made = await act('POST', '/v1/api-keys', {
    name: 'a key',
    permissions: [],
    service_account_id: service.target?.id,
  })
  const keyPath = `/v1/api-keys/${made.target?.id}`
  const events = [
    service,
    await act('PATCH', path, { audiences: ['https://pool.example'] }),
    made,
    await act('PATCH', keyPath, { allow_addresses: ['192.0.2.0/24'] }),
    await act('POST', `${keyPath}/rotate`, { overlap_seconds: 60 }),
    await act('DELETE', keyPath),
    await act('DELETE', path),
    await act('POST', '/v1/roles', { id: 'swimmer', permissions: ['pool:enter'] }),
    await act('PATCH', '/v1/roles/swimmer', { permissions: [] }),
    await act('DELETE', '/v1/roles/swimmer'),
    await act('POST', '/v1/signing-keys/rotate'),
  ]

  assert.deepEqual(
    events.map(({ type, target }) => [type, target?.kind]),
    [
      ['service_account.created', 'service_account'],
      ['service_account.changed', 'service_account'],
      ['api_key.created', 'api_key'],
      ['api_key.changed', 'api_key'],
      ['api_key.rotated', 'api_key'],
      ['revocation.committed', 'api_key'],
      ['service_account.ended', 'service_account'],
      ['role.created', 'role'],
      ['role.changed', 'role'],
      ['role.ended', 'role'],
      ['signing_key.published', 'signing_key'],
    ],
  )
  for (const { actor } of events) assert.match(actor.credential ?? '', /^key_/)
})

test('what people do leaves their session or grant as the credential', async (t) => {
  const to = await given.authority(t)
  const body = { email: 'person@example.com', password: given.PASSWORD }
  const signIn = (deliver: string): Promise<given.Answer> =>
    to.send('POST', '/v1/sign-in', { body: { ...body, deliver } })
  const signedUp = await eventOf(to, () => to.send('POST', '/v1/sign-up', { body }))
  const id = signedUp.target?.id ?? ''
  let bearer = ''
  let token = ''
  const opened = await eventOf(to, async () => {
    const answer = await signIn('session_token')
    bearer = given.at(answer.json, 'session_token')
    return answer
  })
  const session = opened.target?.id ?? ''
  await eventOf(to, async () => {
    const answer = await signIn('jwt')
    token = given.at(answer.json, 'refresh_token')
    return answer
  })
  const refreshed = await eventOf(to, () =>
    to.send('POST', '/oauth/token', {
      form: { grant_type: 'refresh_token', client_id: 'first-party', refresh_token: token },
    }),
  )
  const othersEnded = await eventOf(to, () => to.send('POST', '/v1/me/sessions/revoke-others', { bearer }))
  const signedOut = await eventOf(to, () => to.send('POST', '/v1/sign-out', { bearer }))

  assert.deepEqual(signedUp.actor, { kind: 'account', id, credential: null })
  assert.equal(opened.type, 'session.opened')
  assert.deepEqual(opened.actor, { kind: 'account', id, credential: session })
  assert.deepEqual(opened.details, {
    factor: 'pwd',
    delivery: 'session_token',
    device: null,
    risk: 'allow',
    risk_score: 0,
  })
  assert.equal(refreshed.type, 'grant.refreshed')
  assert.deepEqual(refreshed.actor, { kind: 'account', id, credential: refreshed.target?.id })
  assert.equal(othersEnded.type, 'session.others_ended')
  assert.equal(othersEnded.actor.credential, session)
  assert.equal(signedOut.type, 'revocation.committed')
  assert.deepEqual(signedOut.target, { kind: 'session', id: session })
  assert.equal(signedOut.actor.credential, session)
})

test('a refused sign-in leaves an event under the id that its caller was told', async (t) => {
  const to = await given.authority(t)
  const refused = await to.send('POST', '/v1/sign-in', {
    body: { email: 'admin@example.com', password: 'another quiet otter' },
  })

  const [event] = await read(to, '&type=sign_in.refused')

  assert.equal(event?.request_id, refused.json.decision_id)
  assert.equal(event?.outcome, 'refused')
  assert.deepEqual(event?.actor, { kind: 'anonymous', id: null, credential: null })
  assert.deepEqual(event?.target, { kind: 'account', id: to.adminAccount })
  assert.deepEqual(event?.details, { factor: 'pwd', reason: 'wrong_secret' })
})

test('no request changes, removes or writes an event', async (t) => {
  const to = await given.authority(t)
  const [event] = await read(to)

  for (const path of ['/v1/audit', '/v1/audit/chain']) {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      assertProblem(await to.send(method, path, { key: to.adminKey }), 'method_not_allowed')
    }
  }
  const one = await to.send('DELETE', `/v1/audit/${event?.id}`, { key: to.adminKey })
  assertProblem(one, 'not_found')
})

test('the list is found by type, actor, target and time, and read page by page without gap or repeat', async (t) => {
  const to = await given.authority(t)
  const { id } = await given.person(to)
  const startMs = to.clock.nowMs()
  for (let count = 0; count < 5; count += 1) {
    to.clock.advance(60)
    await to.send('PATCH', `/v1/accounts/${id}`, { key: to.adminKey, body: { name: `Name ${count}` } })
  }
  const at = (minutes: number): string => new Date(startMs + minutes * 60_000).toISOString()

  const ofType = await read(to, '&type=account.changed')
  const ofTarget = await read(to, `&target=${id}`)
  const ofActor = await read(to, `&actor=${ofType[0]?.actor.id}&type=account.changed`)
  const inTime = await read(to, `&type=account.changed&since=${at(2)}&until=${at(4)}`)
  const paged: Event[] = []
  for (let cursor: unknown = ''; cursor !== null; ) {
    const path = `/v1/audit?limit=2&type=account.changed${cursor === '' ? '' : `&cursor=${String(cursor)}`}`
    const page = await to.send('GET', path, { key: to.adminKey })
    paged.push(...(page.json.items as Event[]))
    cursor = page.json.next_cursor
  }

  assert.equal(ofType.length, 5)
  assert.equal(ofTarget.length, 6)
  assert.deepEqual(ofActor, ofType)
  assert.ok(inTime.length === 2 || inTime.length === 3, 'Minutes 2 to 4, with or without the last moment.')
  assert.deepEqual(
    paged.map(({ id }) => id),
    ofType.map(({ id }) => id),
  )
})

test('after a stop every event is in the chain, in order, once', async (t) => {
  const to = await given.authority(t)
  for (let count = 0; count < 3; count += 1) await given.signedIn(to, 'jwt')
  await to.restart()

  const events = await read(to)

  const positions = events
    .flatMap(({ chain }) => (chain === null ? [] : [chain.position]))
    .sort((a, b) => a - b)
  assert.deepEqual(
    positions,
    Array.from({ length: events.length }, (_, index) => index + 1),
  )
  const report = await chainOf(to)
  assert.deepEqual(report, { intact: true, length: events.length, unchained: 0 })
})

test('whatever is done to the file behind the authority’s back is found, and where', async (t) => {
  const to = await given.authority(t)
  for (let count = 0; count < 4; count += 1) await given.signedIn(to, 'session_token')
  const file = join(to.folder, 'countersign.db')
  const whole = join(to.folder, 'whole.db')
  await to.restart(() => copyFile(file, whole))
  assert.equal((await chainOf(to)).intact, true)
  const middle = await middleOf(to)
  const moved = (text: string): string =>
    text.replaceAll(/\b[456]\b/g, (digit) => String(Number(digit) - 5 + middle))
  for (const [title, text] of readNamed('../audit-tampering.sql')) {
    const name = moved(title)
    const [, cause, position] = /^(altered|missing) at (\d+): /.exec(name) ?? []

    await to.restart(async () => {
      await copyFile(whole, file)
      tamper(file, moved(text))
    })

    assert.deepEqual(await chainOf(to), { intact: false, broken_at: Number(position), cause }, name)
  }
})

/** The position of somebody's own deed that has neighbours: what the authority does by itself has no actor to forge. */
async function middleOf(to: given.Given): Promise<number> {
  const events = await read(to)
  const deeds = events.filter(({ actor, address }) => actor.id !== null && address !== null)
  const positions = deeds.flatMap(({ chain }) => chain?.position ?? []).sort((a, b) => a - b)
  const middle = positions.find((position) => position > 3 && position < events.length)
  assert.ok(middle !== undefined)
  return middle
}

function tamper(file: string, statements: string): void {
  const db = new DatabaseSync(file)
  db.exec(statements)
  db.close()
}
