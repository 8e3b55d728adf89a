/** Clients that send slowly, or too much: they are cut off, and nobody else notices. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { call } from '../crash/calls.ts'
import { type Program, quiet, startProgram, temporaryFolder } from './spawn.ts'
import { headOf, openWire, type Wire } from './wire.ts'

const CLIENTS = 100
const TIMES = { headersMs: 400, requestMs: 800, checkMs: 50, drainMs: 100 }
/** Node looks for slow clients every half minute unless told otherwise. */
const inTime = { timeout: 25_000 }

async function givenServer(
  t: TestContext,
  times: object = TIMES,
): Promise<{ program: Program; url: string }> {
  const settings = { ...quiet, COUNTERSIGN_DATA: temporaryFolder(t) }
  const program = startProgram(t, 'server', { ...settings, TEST_SERVER_TIMES: JSON.stringify(times) })
  return { program, url: (await program.ready).url }
}

const openWires = (t: TestContext, url: string): Promise<Wire[]> =>
  Promise.all(Array.from({ length: CLIENTS }, () => openWire(t, url)))

/** A client that is cut off is not a fault: the log of errors is for the operator. */
async function assertNoErrors(program: Program): Promise<void> {
  const { code, stdout } = await program.end('SIGTERM')
  assert.equal(code, 0)
  const lines = stdout.split('\n').filter((line) => line !== '' && !line.includes('"ready"'))
  assert.deepEqual(lines.slice(0, 3), [])
}

test('headers that never end are cut off, and others are answered meanwhile', inTime, async (t) => {
  const { program, url } = await givenServer(t)
  const wires = await openWires(t, url)
  for (const wire of wires) wire.send('GET /v1/me HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')

  assert.equal((await call(url, 'GET', '/healthz')).status, 200)
  await Promise.all(wires.map(({ closed }) => closed))

  for (const wire of wires) assert.match(wire.received, /^HTTP\/1\.1 408 /)
  await assertNoErrors(program)
})

test('bodies that never end are cut off, and others are answered meanwhile', inTime, async (t) => {
  const { program, url } = await givenServer(t)
  const wires = await openWires(t, url)
  const headers = { 'Content-Type': 'application/json', 'Content-Length': '200' }
  for (const wire of wires) wire.send(`${headOf('POST', '/v1/sign-in', headers)}{"email":"`)

  assert.equal((await call(url, 'GET', '/healthz')).status, 200)
  await Promise.all(wires.map(({ closed }) => closed))

  await assertNoErrors(program)
})

test('clients that leave in the middle of a body are forgotten', async (t) => {
  const { program, url } = await givenServer(t, {})
  const wires = await openWires(t, url)
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': '200',
    Expect: '100-continue',
  }
  for (const wire of wires) wire.send(headOf('POST', '/v1/sign-in', headers))
  await Promise.all(wires.map((wire) => wire.until('100 Continue')))

  for (const { socket } of wires) socket.resetAndDestroy()

  assert.equal((await call(url, 'GET', '/healthz')).status, 200)
  await assertNoErrors(program)
})

test('headers that are too large are refused with 431', async (t) => {
  const { program, url } = await givenServer(t, {})
  const wire = await openWire(t, url)

  wire.send(headOf('GET', '/v1/me', { 'X-Large': 'x'.repeat(20_000) }))
  await wire.closed

  assert.match(wire.received, /^HTTP\/1\.1 431 /)
  await assertNoErrors(program)
})

test('what is no HTTP is refused with 400', async (t) => {
  const { program, url } = await givenServer(t, {})
  const wire = await openWire(t, url)

  wire.send('\u0016\u0003\u0001 hello\r\n\r\n')
  await wire.closed

  assert.match(wire.received, /^HTTP\/1\.1 400 /)
  await assertNoErrors(program)
})
