/** The first administrator: a link that works once, for an hour, for one person, and never again. */
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type Authority, createAuthority } from '../src/create.ts'
import { createTestClock, type TestClock } from './clock.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'

interface Fresh {
  readonly authority: Authority
  readonly clock: TestClock
  readonly folder: string
  readonly ticket: string
  send(method: string, path: string, options?: given.SendOptions): Promise<given.Answer>
  /** Closes it and opens another on the same folder. */
  reopen(): Promise<Authority>
}

async function fresh(t: TestContext): Promise<Fresh> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-setup-'))
  const config = given.configOf(folder, given.UNLIMITED)
  const clock = createTestClock()
  let authority = await createAuthority(config, clock)
  t.after(async () => {
    await authority.close()
    await rm(folder, { recursive: true, force: true })
  })
  return {
    authority,
    clock,
    folder,
    ticket: ticketOf(authority),
    send: (method, path, options) => given.send(authority, method, path, options),
    reopen: async () => {
      await authority.close()
      authority = await createAuthority(config, clock)
      return authority
    },
  }
}

function ticketOf({ setupLink }: Authority): string {
  const [, ticket = ''] = /^http:\/\/localhost:4000\/setup#([0-9A-Za-z]{43})$/.exec(setupLink ?? '') ?? []
  assert.notEqual(ticket, '')
  return ticket
}

const complete = (to: Pick<Fresh, 'send'>, ticket: string, more: object = {}): Promise<given.Answer> =>
  to.send('POST', '/v1/setup', {
    body: { ticket, email: 'first@example.com', password: given.PASSWORD, ...more },
  })

test('403 for a ticket that was guessed, and the right one still works', async (t) => {
  const to = await fresh(t)

  for (const guess of [
    'A'.repeat(43),
    to.ticket.toLowerCase().padEnd(43, 'a'),
    [...to.ticket].reverse().join(''),
  ]) {
    assertProblem(await complete(to, guess), 'setup_closed')
  }
  for (const malformed of ['', 'short', `${to.ticket}A`, `${to.ticket.slice(0, 42)}-`]) {
    assertProblem(await complete(to, malformed), 'invalid_request')
  }
  assert.equal((await complete(to, to.ticket)).status, 201)
})

test('403 an hour after the start; the next start offers another link and the old one stays dead', async (t) => {
  const to = await fresh(t)
  to.clock.advance(3600)

  assertProblem(await complete(to, to.ticket), 'setup_closed')

  const next = ticketOf(await to.reopen())
  assert.notEqual(next, to.ticket)
  assertProblem(await complete(to, to.ticket), 'setup_closed')
  assert.equal((await complete(to, next)).status, 201)
})

test('a link that was replaced by a restart is dead within its hour, too', async (t) => {
  const to = await fresh(t)
  const next = ticketOf(await to.reopen())

  assertProblem(await complete(to, to.ticket), 'setup_closed')
  assert.equal((await complete(to, next)).status, 201)
})

test('the link works once: afterwards it is closed, and no start offers another', async (t) => {
  const to = await fresh(t)
  assert.equal((await complete(to, to.ticket)).status, 201)

  assertProblem(await complete(to, to.ticket, { email: 'second@example.com' }), 'setup_closed')
  assert.equal((await to.reopen()).setupLink, null)
  assertProblem(await complete(to, to.ticket, { email: 'second@example.com' }), 'setup_closed')
})

test('of twenty who use the link at once, one becomes the administrator', async (t) => {
  const to = await fresh(t)

  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      complete(to, to.ticket, { email: `racer-${index}@example.com` }),
    ),
  )

  const statuses = answers.map(({ status }) => status).sort()
  assert.deepEqual(statuses, [201, ...Array<number>(19).fill(403)])
})

test('a password that is refused and an address that is taken leave the link as it was', async (t) => {
  const to = await fresh(t)
  await to.send('POST', '/v1/sign-up', { body: { email: 'early@example.com', password: given.PASSWORD } })

  assertProblem(await complete(to, to.ticket, { password: 'short' }), 'password_too_short')
  assertProblem(await complete(to, to.ticket, { email: 'early@example.com' }), 'address_taken')
  assertProblem(await complete(to, to.ticket, { email: 'nobody' }), 'invalid_request')
  assertProblem(await complete(to, to.ticket, { roles: ['administrator'] }), 'invalid_request')

  assert.equal((await complete(to, to.ticket)).status, 201)
})

test('403 from a foreign page, 415 for a form, and the ticket in the URL is no ticket', async (t) => {
  const to = await fresh(t)
  const body = { ticket: to.ticket, email: 'first@example.com', password: given.PASSWORD }

  const foreign = await to.send('POST', '/v1/setup', { headers: { origin: 'https://evil.example' }, body })
  const form = await to.send('POST', '/v1/setup', { form: body })
  const { ticket: _, ...rest } = body
  const inUrl = await to.send('POST', `/v1/setup?ticket=${to.ticket}`, { body: rest })

  assertProblem(foreign, 'csrf_refused')
  assertProblem(form, 'unsupported_media_type')
  assertProblem(inUrl, 'invalid_request')
})

test('a fresh authority has nobody in it: no name and no password opens it', async (t) => {
  const to = await fresh(t)

  for (const email of ['admin@example.com', 'root@localhost', 'administrator@countersign.local']) {
    for (const password of ['admin', 'countersign', 'password', 'changeme']) {
      assertProblem(
        await to.send('POST', '/v1/sign-in', { body: { email, password } }),
        'invalid_credentials',
      )
    }
  }
})

test('who signed up before the first administrator is a member and no more', async (t) => {
  const to = await fresh(t)
  const email = 'early@example.com'
  await to.send('POST', '/v1/sign-up', { body: { email, password: given.PASSWORD } })
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', email)

  assertProblem(await to.send('GET', '/v1/accounts', { bearer }), 'permission_denied')
})

test('the first administrator may do everything, and what happened is written down', async (t) => {
  const to = await fresh(t)
  const made = await complete(to, to.ticket, { name: 'First' })
  const id = given.at(made.json, 'account', 'id')
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', 'first@example.com')

  const me = await to.send('GET', '/v1/me', { bearer })
  const events = await to.send('GET', '/v1/audit?type=setup.completed', { bearer })

  assert.deepEqual(me.json.permissions, ['*'])
  const [event] = events.json.items as Record<string, unknown>[]
  assert.deepEqual(event?.target, { kind: 'account', id })
  assert.deepEqual(event?.actor, { kind: 'system', id: null, credential: null })
})

test('the ticket stands in no file, before or after its use', async (t) => {
  const to = await fresh(t)
  const search = async (): Promise<void> => {
    for (const name of await readdir(to.folder)) {
      assert.ok(!(await readFile(join(to.folder, name))).includes(to.ticket), name)
    }
  }
  await search()

  await complete(to, to.ticket)

  await search()
})
