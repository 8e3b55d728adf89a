/** The authority as a part of another program: how it opens, shares a process, and closes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Countersign } from '../../src/create.ts'
import { type CountersignOptions, createCountersign } from '../../src/embed.ts'
import { StartError } from '../../src/start-error.ts'
import { type Answer, at, PASSWORD, send } from '../given.ts'
import { newFolder, openCountersign } from './usual-day.ts'

const person = { email: 'person@example.com', password: PASSWORD }

const signUp = (countersign: Countersign): Promise<Answer> =>
  send(countersign, 'POST', '/v1/sign-up', { body: person })

async function signIn(countersign: Countersign): Promise<string> {
  const body = { ...person, deliver: 'session_token' }
  return at((await send(countersign, 'POST', '/v1/sign-in', { body })).json, 'session_token')
}

/** One that opens although it must not is closed again, so that the test fails and does not hang. */
const openAndClose = async (options: CountersignOptions): Promise<void> =>
  (await createCountersign(options)).close()

test('all mistakes in the options are told together, and nothing is opened', async () => {
  const options = { leaseSeconds: 0, issuer: 'http://auth.example.com', signUp: 'sometimes' }

  const error = await createCountersign(options).catch((reason: unknown) => reason)

  assert.ok(error instanceof StartError)
  const lines = error.message.split('\n')
  assert.equal(lines.length, 3)
  for (const [index, name] of ['issuer', 'leaseSeconds', 'signUp'].entries()) {
    assert.ok(lines[index]?.includes(name), error.message)
  }
})

test('it reads no environment', async (t) => {
  process.env.COUNTERSIGN_SIGN_UP = 'closed'
  t.after(() => {
    delete process.env.COUNTERSIGN_SIGN_UP
  })
  const countersign = await openCountersign(t)

  assert.equal((await signUp(countersign)).status, 201)
})

test('two authorities in one process know nothing of each other', async (t) => {
  const one = await openCountersign(t)
  const other = await openCountersign(t)
  await signUp(one)
  const bearer = await signIn(one)

  const stranger = await send(other, 'GET', '/v1/me', { bearer })

  assert.equal(stranger.status, 401)
  assert.equal((await send(one, 'GET', '/v1/me', { bearer })).status, 200)
  assert.equal((await send(other, 'POST', '/v1/sign-in', { body: person })).status, 401)
  const keys = await Promise.all([one, other].map((it) => send(it, 'GET', '/.well-known/jwks.json')))
  assert.notDeepEqual(keys[0]?.json, keys[1]?.json)
  for (const it of [one, other]) assert.equal((await send(it, 'GET', '/metrics')).status, 200)
})

test('the same folder twice is refused in one sentence, and the first one goes on', async (t) => {
  const dataFolder = await newFolder(t)
  const first = await createCountersign({ dataFolder, logLevel: 'silent' })
  t.after(() => first.close())

  await assert.rejects(openAndClose({ dataFolder, logLevel: 'silent' }), (error: unknown) => {
    assert.ok(error instanceof StartError)
    assert.equal(error.message, `Another Countersign server is already running on the folder ${dataFolder}.`)
    return true
  })

  assert.equal((await signUp(first)).status, 201)
})

test('the same database file from two data folders is refused as well', async (t) => {
  const dataFolder = await newFolder(t)
  const common = { logLevel: 'silent', secrets: '1:Zx3vQ8mB1rT6yLkW0pNs5dHcJ2fGaUeXo9iVtRbE4Mw' }
  const first = await createCountersign({ ...common, dataFolder })
  t.after(() => first.close())
  const second = {
    ...common,
    dataFolder: await newFolder(t),
    database: `sqlite:${dataFolder}/countersign.db`,
  }

  await assert.rejects(openAndClose(second), /already running on the folder/)
})

test('after a close the folder can be opened again, with everything in it', async (t) => {
  const dataFolder = await newFolder(t)
  const first = await createCountersign({ dataFolder, logLevel: 'silent' })
  await signUp(first)
  const bearer = await signIn(first)
  await Promise.all([first.close(), first.close()])

  const second = await createCountersign({ dataFolder, logLevel: 'silent' })
  t.after(() => second.close())

  assert.equal((await send(second, 'GET', '/v1/me', { bearer })).status, 200)
})

test('close finishes the requests that are under way, and refuses those that come after', async (t) => {
  const countersign = await openCountersign(t)
  await signUp(countersign)
  const slowBody = new TransformStream<Uint8Array, Uint8Array>()
  const slow = countersign.fetch(
    new Request('http://localhost:4000/v1/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: slowBody.readable,
      duplex: 'half',
    }),
  )
  // Begun, and at work on a password when the close comes.
  const hashing = send(countersign, 'POST', '/v1/sign-in', { body: person })
  let isClosed = false
  const closing = countersign.close().then(() => {
    isClosed = true
  })

  const late = await send(countersign, 'GET', '/healthz')
  assert.equal((await hashing).status, 200)
  assert.equal(isClosed, false)
  const writer = slowBody.writable.getWriter()
  await writer.write(new TextEncoder().encode(JSON.stringify(person)))
  await writer.close()

  assert.equal((await slow).status, 200)
  assert.equal(late.json.code, 'shutting_down')
  await closing
})

test('it answers a request without knowing who holds the socket', async (t) => {
  const countersign = await openCountersign(t)

  const answer = await countersign.fetch(new Request('http://localhost:4000/v1/me'))
  const foreign = await countersign.fetch(new Request('http://auth.example.com/v1/me'))

  assert.equal(answer.status, 401)
  assert.equal(foreign.status, 403)
})
