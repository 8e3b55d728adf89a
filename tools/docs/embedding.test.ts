// The program that docs/embedding.md prints is run, with another port and folder, and asked as an app would be.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ROOT, readDocument, readFences } from './markdown.ts'
import { findFreePort } from './tour-server.ts'

/** Says when it listens, and ends when nobody holds its standard input any more. */
const AROUND = `
await new Promise((resolve) => server.on('listening', resolve))
console.log('listening')
process.stdin.resume().on('end', async () => {
  server.close()
  await authority.close()
})`

test('the embedding app of the document lets nobody in who is unknown, and whoever has signed in', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-embedding-'))
  const port = await findFreePort()
  const [fence] = readFences(readDocument('docs/embedding.md'))
  const program = `${fence?.body}`
    .replaceAll('4100', String(port))
    .replace("'./data'", JSON.stringify(folder))
  const app = spawn(process.execPath, ['--conditions=source', '-e', program + AROUND], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(app, 'exit')
  t.after(() => rm(folder, { recursive: true, force: true }))
  t.after(() => app.kill())
  await Promise.race([once(app.stdout, 'data'), exited])
  const post = (path: string, body: object): Promise<Response> =>
    fetch(`http://localhost:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const person = { email: 'ada@example.com', password: 'four grey herons' }

  const comeIn = async (headers: Record<string, string>): Promise<string> =>
    (await fetch(`http://localhost:${port}/`, { headers })).text()

  const stranger = await comeIn({})
  const signedUp = await post('/v1/sign-up', person)
  const byCookie = await post('/v1/sign-in', person)
  const signedIn: unknown = await (await post('/v1/sign-in', { ...person, deliver: 'session_token' })).json()
  assert.ok(typeof signedIn === 'object' && signedIn !== null && 'session_token' in signedIn)
  const withToken = await comeIn({ authorization: `Bearer ${signedIn.session_token}` })
  const withCookie = await comeIn({ cookie: byCookie.headers.getSetCookie()[0]?.split(';')[0] ?? '' })
  app.stdin.end()
  const [exitCode] = await exited

  assert.equal(signedUp.status, 201)
  assert.deepEqual([stranger, withToken, withCookie], ['Who are you?', 'Come in.', 'Come in.'])
  assert.equal(exitCode, 0)
})
