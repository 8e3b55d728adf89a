/** SIGTERM and Ctrl-C: what is under way is finished, what is held in memory is written, and then it ends. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { bootstrap } from '../crash/bootstrap.ts'
import { call } from '../crash/calls.ts'
import { at, PASSWORD } from '../given.ts'
import { quiet, type Settings, startProgram, temporaryFolder } from './spawn.ts'
import { headOf, openWire, type Wire } from './wire.ts'

const credentials = JSON.stringify({ email: 'admin@example.com', password: PASSWORD })

async function givenSettings(t: TestContext): Promise<{ settings: Settings; adminKey: string }> {
  const settings = { ...quiet, COUNTERSIGN_DATA: temporaryFolder(t) }
  return { settings, adminKey: await bootstrap(settings) }
}

/** A sign-in whose headers the server has seen, as its 100 proves, and whose body is still to come. */
async function beginSignIn(t: TestContext, base: string): Promise<Wire> {
  const wire = await openWire(t, base)
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': String(credentials.length),
    Expect: '100-continue',
  }
  wire.send(headOf('POST', '/v1/sign-in', headers))
  await wire.until('100 Continue')
  return wire
}

/** The signal has arrived when nobody listens any more. */
async function untilClosed(base: string): Promise<void> {
  while ((await call(base, 'GET', '/healthz')).status !== 0) await setImmediate()
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal}: a request under way is answered, its connection closed, and the exit code is 0`, async (t) => {
    const { settings } = await givenSettings(t)
    const program = startProgram(t, 'countersign', settings)
    const { url } = await program.ready
    const wire = await beginSignIn(t, url)
    const idle = await openWire(t, url)
    idle.send(headOf('GET', '/healthz'))
    await idle.until('{"status":"up"}')

    program.child.kill(signal)
    await untilClosed(url)
    await idle.closed
    wire.send(credentials)
    await wire.closed

    assert.match(wire.received, /HTTP\/1\.1 200 OK[\s\S]*"status":"signed_in"/)
    assert.equal((await program.ended).code, 0)
  })
}

test('a request on a busy connection that comes after the signal is refused, and the connection closed', async (t) => {
  const { settings } = await givenSettings(t)
  const program = startProgram(t, 'countersign', settings)
  const { url } = await program.ready
  const wire = await beginSignIn(t, url)
  program.child.kill('SIGTERM')
  await untilClosed(url)

  wire.send(`${credentials}${headOf('GET', '/healthz')}`)
  await wire.closed

  assert.match(wire.received, /signed_in[\s\S]*HTTP\/1\.1 503 [\s\S]*connection: close[\s\S]*shutting_down/i)
  assert.equal((await program.ended).code, 0)
})

test('connections that their clients keep alive do not hold up the stop', { timeout: 60_000 }, async (t) => {
  const { settings } = await givenSettings(t)
  // Whoever is not closed in time would be waited for until the test is given up.
  const times = JSON.stringify({ drainMs: 3_600_000 })
  const program = startProgram(t, 'server', { ...settings, TEST_SERVER_TIMES: times })
  const { url } = await program.ready
  const busy = await beginSignIn(t, url)
  const idle = await openWire(t, url)
  idle.send(headOf('GET', '/healthz', { Connection: 'keep-alive' }))
  await idle.until('{"status":"up"}')
  program.child.kill('SIGTERM')
  await untilClosed(url)

  busy.send(credentials)

  assert.equal((await program.ended).code, 0)
  assert.match(busy.received, /signed_in/)
})

test('a second Ctrl-C ends it at once, with the code of somebody who has lost patience', async (t) => {
  const { settings } = await givenSettings(t)
  const program = startProgram(t, 'countersign', settings)
  const { url } = await program.ready
  await beginSignIn(t, url)
  program.child.kill('SIGINT')
  await untilClosed(url)

  const { code } = await program.end('SIGINT')

  assert.equal(code, 130)
})

test('uses that wait to be written are in the database after the stop', async (t) => {
  const { settings, adminKey: key } = await givenSettings(t)
  const first = startProgram(t, 'countersign', settings)
  const base = (await first.ready).url
  const me = await call(base, 'GET', '/v1/me', { key })
  const id = at(me.json, 'credential', 'id')
  await first.end('SIGTERM')

  const { url } = await startProgram(t, 'countersign', settings).ready
  const read = await call(url, 'GET', `/v1/api-keys/${id}`, { key })

  assert.match(at(read.json, 'api_key', 'last_used_at'), /^\d{4}-/)
})

test('what runs longer than the stop allows is cut off, and the rest is still closed in order', async (t) => {
  const { settings, adminKey: key } = await givenSettings(t)
  const times = JSON.stringify({ drainMs: 50 })
  const program = startProgram(t, 'server', { ...settings, TEST_SERVER_TIMES: times })
  const { url } = await program.ready
  const wire = await beginSignIn(t, url)
  await call(url, 'GET', '/v1/me', { key })

  const ending = program.end('SIGTERM')
  await wire.closed

  const { code, stdout } = await ending
  assert.equal(code, 0)
  // A client that is gone is no fault of the server's.
  assert.doesNotMatch(stdout, /unexpected_error/)
})
