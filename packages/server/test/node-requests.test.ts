/** What only a socket can send: targets of every form, bodies that are longer than they may be or never end. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, type TestContext, test } from 'node:test'
import * as given from './given.ts'
import { listen } from './walk.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)

interface Line {
  readonly socket: Socket
  /** Sends, and gives back all that has come once `pattern` is in it. */
  ask(text: string, pattern: RegExp): Promise<string>
}

async function open(t: TestContext): Promise<Line> {
  const port = await listen(t, shared.given.authority)
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  t.after(() => socket.destroy())
  socket.setEncoding('latin1')
  let received = ''
  socket.on('data', (text) => {
    received += text
  })
  // A connection that is cut while it is written to says so here as well.
  socket.on('error', () => {})
  return {
    socket,
    ask: async (text, pattern) => {
      received = ''
      socket.write(text, 'latin1')
      while (!pattern.test(received) && !socket.closed) {
        await Promise.race([once(socket, 'data'), once(socket, 'close')])
      }
      return received
    },
  }
}

const get = (target: string, method = 'GET'): string =>
  `${method} ${target} HTTP/1.1\r\nHost: localhost:4000\r\n\r\n`

const post = (path: string, headers: readonly string[], body: string): string =>
  [`POST ${path} HTTP/1.1`, 'Host: localhost:4000', ...headers, '', body].join('\r\n')

const JSON_TYPE = 'Content-Type: application/json'

test('a target that is no path is refused, and the connection lives on', async (t) => {
  const { ask } = await open(t)

  assert.match(await ask(get('*', 'OPTIONS'), /\r\n\r\n/), /^HTTP\/1\.1 400 /)
  assert.match(await ask(get('/healthz'), /\r\n\r\n/), /^HTTP\/1\.1 200 /)
})

test('a target that is a whole URL is answered for its path (RFC 9112 §3.2.2)', async (t) => {
  const { ask } = await open(t)

  assert.match(await ask(get('http://localhost:4000/healthz?x=1'), /\r\n\r\n/), /^HTTP\/1\.1 200 /)
  assert.match(await ask(get('http://localhost:4000/v1/me'), /\r\n\r\n/), /^HTTP\/1\.1 401 /)
})

test('a body that is announced too long is refused unread, and one that comes in pieces once it is', async (t) => {
  const { ask } = await open(t)
  const announced = post('/v1/sign-in', [JSON_TYPE, 'Content-Length: 900000'], 'x'.repeat(1000))
  assert.match(await ask(announced, /body_too_large/), /^HTTP\/1\.1 413 /)

  const other = await open(t)
  const piece = `4e20\r\n${'x'.repeat(0x4e20)}\r\n`
  const pieces = post('/v1/sign-in', [JSON_TYPE, 'Transfer-Encoding: chunked'], piece.repeat(5))
  assert.match(await other.ask(pieces, /body_too_large/), /^HTTP\/1\.1 413 /)
})

test('what is still sent of a refused body is taken for a while only, then the connection is closed', async (t) => {
  const { socket, ask } = await open(t)
  const begin = post('/v1/sign-in', [JSON_TYPE, 'Content-Length: 90000000'], '{')
  await ask(begin, /body_too_large/)

  const chunk = 'x'.repeat(65_536)
  const send = (): void => {
    while (!socket.destroyed && socket.write(chunk, 'latin1'));
  }
  socket.on('drain', send)
  send()

  await new Promise((resolve) => socket.once('close', resolve))
})

test('a body that stops coming is never answered as a whole one', async (t) => {
  const { socket, ask } = await open(t)
  const half = post('/v1/sign-in', [JSON_TYPE, 'Content-Length: 100'], '{"email":"person@example.com"')
  socket.write(half)
  socket.end()

  assert.doesNotMatch(await ask('', /\r\n\r\n/), /^HTTP\/1\.1 2/)
})

test('HEAD is answered like GET, without a body', async (t) => {
  const { ask } = await open(t)
  const path = '/.well-known/openid-configuration'
  const whole = await ask(get(path), /\}$/)

  const head = await ask(get(path, 'HEAD'), /\r\n\r\n/)

  const length = (text: string): string | undefined => /content-length: (\d+)/i.exec(text)?.[1]
  assert.equal(length(head), length(whole))
  assert.ok(head.endsWith('\r\n\r\n'))
})

test('an answer that may have no body says no length', async (t) => {
  const { ask } = await open(t)
  const { session_token: session } = await given.signedIn(shared.given, 'session_token')
  const headers = ['Content-Length: 0', `Authorization: Bearer ${session}`]
  const answer = await ask(post('/v1/sign-out', headers, ''), /\r\n\r\n/)

  assert.match(answer, /^HTTP\/1\.1 204 /)
  assert.doesNotMatch(answer, /content-length|transfer-encoding/i)
})

test('an id that is percent-encoded is decoded once, and never into another path', async () => {
  const status = async (path: string): Promise<number> =>
    (await shared.given.send('GET', path, { key: shared.given.adminKey })).status

  assert.equal(await status('/v1/clients/https%3A%2F%2Fapp.example.com%2Fclient'), 404)
  assert.equal(await status('/v1/clients/nobody%252Fcount'), 404)
  assert.equal(await status('/v1/%61ccounts'), 404)
})
