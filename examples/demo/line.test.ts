import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { openLine } from './line.ts'

/** A server that counts its visitors, and a line to it. */
async function open(t: TestContext) {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.url}`)
    response.end('here')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const serverPort = (server.address() as AddressInfo).port
  const line = await openLine(0, serverPort)
  t.after(() => server.close())
  t.after(() => line.close())
  const ask = (port: number, path: string): Promise<string> =>
    fetch(`http://127.0.0.1:${port}${path}`).then((answer) => answer.text())
  return {
    seen,
    line,
    straight: (path: string) => ask(serverPort, path),
    by: (path: string) => ask(line.port, path),
  }
}

test('a cut line swallows what is sent, on old connections and new ones, and tells nobody', async (t) => {
  const { line, by, straight, seen } = await open(t)
  await by('/before')
  line.cut()
  const told: string[] = []
  const lost = [by('/lost-1'), by('/lost-2')].map((asked) =>
    asked.then(
      () => told.push('answered'),
      () => told.push('failed'),
    ),
  )

  await straight('/meanwhile')

  assert.deepEqual(seen, ['/before', '/meanwhile'])
  assert.deepEqual(told, [])
  line.mend()
  await Promise.all(lost)
  assert.deepEqual(told, ['failed', 'failed'])
})

test('a mended line carries what is sent from then on', async (t) => {
  const { line, by, seen } = await open(t)
  line.cut()
  line.mend()

  assert.equal(await by('/after'), 'here')
  assert.deepEqual(seen, ['/after'])
})
