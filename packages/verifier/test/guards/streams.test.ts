// What happens to a request that is under way, and to the next ones, when a credential ends or nothing can be known any more.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { type Api, apis, createHonoApp, type OpenApi } from './apis.ts'
import { createFakeVerifier, type FakeVerifier } from './fake-verifier.ts'
import { send, toAnswer } from './raw-request.ts'

const SESSION = 'cs_seslive_ada'
const LINES = [`Authorization: Bearer ${SESSION}`]

async function open(t: TestContext, openApi: OpenApi): Promise<{ api: Api; verifier: FakeVerifier }> {
  const verifier = createFakeVerifier()
  verifier.let(SESSION)
  const api = await openApi(verifier)
  t.after(() => api.close())
  return { api, verifier }
}

/** Sends a request and leaves the connection open. */
function begin(t: TestContext, api: Api, path: string, lines: readonly string[]): Socket {
  const socket = connect({ port: api.port, host: '127.0.0.1' })
  t.after(() => socket.destroy())
  socket.setEncoding('latin1')
  socket.write(`GET ${path} HTTP/1.1\r\n${['Host: localhost', ...lines].join('\r\n')}\r\n\r\n`)
  // One that is cut may end in a reset.
  socket.on('error', () => undefined)
  return socket
}

/** Reads until what has come holds the text. */
async function readUntil(socket: Socket, wanted: string): Promise<string> {
  let text = ''
  while (!text.includes(wanted)) text += String((await once(socket, 'data'))[0])
  return text
}

for (const [framework, openApi] of Object.entries(apis)) {
  describe(framework, () => {
    test('503 with Retry-After when nothing can be known, also for a credential that was seen a moment ago', async (t) => {
      const { api, verifier } = await open(t, openApi)
      assert.equal((await send(api.port, 'GET', '/any', LINES)).status, 200)

      verifier.lapse()
      const { status, json, headers } = await send(api.port, 'GET', '/any', LINES)

      assert.deepEqual([status, json.code], [503, 'verifier_unavailable'])
      assert.equal(headers.get('retry-after'), '1')
      assert.equal(headers.get('cache-control'), 'no-store')
      assert.equal(headers.has('www-authenticate'), false)
    })

    test('a stream is cut when its credential ends, and asking again is 401', async (t) => {
      const { api, verifier } = await open(t, openApi)
      const socket = begin(t, api, '/stream', LINES)
      await readUntil(socket, 'data: 1')

      verifier.end(SESSION)
      await once(socket, 'close')
      const again = await send(api.port, 'GET', '/stream', LINES)

      assert.equal(again.status, 401)
    })

    test('a stream whose credential ends before it begins is cut at once', async (t) => {
      const { api, verifier } = await open(t, openApi)
      await send(api.port, 'GET', '/any', LINES)
      const ended = new AbortController()
      ended.abort()
      const recall = verifier.recall.bind(verifier)
      verifier.recall = (from, header) => {
        const known = recall(from, header)
        if (known === null) return null
        const { authenticated } = known
        const principal = { ...authenticated.principal, ended: ended.signal }
        return { ...known, authenticated: { ...authenticated, principal } }
      }

      const socket = begin(t, api, '/stream', LINES)

      await once(socket, 'close')
      assert.equal(verifier.recalled, 1)
    })
  })
}

describe('node:http upgrades', () => {
  const UPGRADE = ['Connection: Upgrade', 'Upgrade: echo']
  const openNode = apis['node:http'] ?? assert.fail()

  test('401 as an answer of HTTP without a credential, 403 by cookie from another site', async (t) => {
    const { api } = await open(t, openNode)
    const cookie = `Cookie: __Host-countersign_session=${SESSION}`
    const read = async (lines: readonly string[]) =>
      toAnswer(await readUntil(begin(t, api, '/', [...UPGRADE, ...lines]), '}'))

    const unknown = await read([])
    const foreign = await read([cookie, 'Origin: https://evil.example'])
    const upgraded = begin(t, api, '/', [...UPGRADE, cookie, 'Origin: https://gym.example.com'])
    const own = await readUntil(upgraded, 'hello')
    // The server does not count it among its own connections any more.
    upgraded.destroy()

    assert.deepEqual([unknown.status, unknown.json.code], [401, 'credential_required'])
    assert.match(unknown.headers.get('www-authenticate') ?? '', /^Bearer realm=/)
    assert.deepEqual([foreign.status, foreign.json.code], [403, 'csrf_refused'])
    assert.match(own, /^HTTP\/1\.1 101 /)
  })

  test('a connection that was upgraded is cut when its credential ends', async (t) => {
    const { api, verifier } = await open(t, openNode)
    const socket = begin(t, api, '/', [...UPGRADE, ...LINES])
    await readUntil(socket, 'hello')

    verifier.end(SESSION)

    await once(socket, 'close')
  })
})

test('Hono without a socket: the body of a stream ends in an error when its credential ends', async () => {
  const verifier = createFakeVerifier()
  verifier.let(SESSION)
  const app = createHonoApp(verifier)
  const answer = await app.request('https://gym.example.com/stream', {
    headers: { authorization: `Bearer ${SESSION}` },
  })
  const reader = answer.body?.getReader() ?? assert.fail()
  const { value } = await reader.read()
  assert.match(new TextDecoder().decode(value), /data: 1/)

  verifier.end(SESSION)

  await assert.rejects(async () => {
    for (;;) if ((await reader.read()).done) return
  })
})
