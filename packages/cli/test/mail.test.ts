/** Trying out the mail server: what stands in the way is told in a sentence that names the setting. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { freePort, givenFolder, run } from './given.ts'

const ARGS = ['mail', 'test', '--to', 'ada@example.com']

/** Says yes to everything, and takes down what it hears. */
async function openMailServer(t: TestContext): Promise<{ port: number; heard: () => string }> {
  let heard = ''
  const server = createServer((socket) => {
    socket.write('220 test\r\n')
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes) => {
      heard += bytes.toString('utf8')
      if (/DATA\r\n$/.test(heard)) socket.write('354 go on\r\n')
      else if (/\r\n\.\r\n$/.test(heard) || !/DATA\r\n/.test(heard)) socket.write('250 ok\r\n')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return { port: address.port, heard: () => heard }
}

const environment = (url: string): Record<string, string> => ({
  COUNTERSIGN_SMTP_URL: url,
  COUNTERSIGN_MAIL_FROM: 'auth@example.com',
})

test('without a server, or with half of the settings, it says which ones are missing', async (t) => {
  const cwd = await givenFolder(t)

  const none = await run(ARGS, { cwd })
  const half = await run(ARGS, { cwd, env: { COUNTERSIGN_SMTP_URL: 'smtp://localhost' } })

  assert.equal(none.code, 1)
  assert.match(none.stderr, /set COUNTERSIGN_SMTP_URL and COUNTERSIGN_MAIL_FROM/)
  assert.equal(half.code, 2)
  assert.match(half.stderr, /go together/)
})

test('nobody there, an address that is none, and a URL that is none are told apart, without the password', async (t) => {
  const cwd = await givenFolder(t)
  const url = `smtp://user:verySecret@127.0.0.1:${await freePort()}`

  const closed = await run(ARGS, { cwd, env: environment(url) })
  const address = await run(['mail', 'test', '--to', 'nobody'], { cwd, env: environment(url) })
  const wrong = await run(ARGS, { cwd, env: environment('http://user:verySecret@localhost') })

  assert.deepEqual([closed.code, address.code, wrong.code], [1, 2, 2])
  assert.match(closed.stderr, /cannot be reached/)
  assert.match(address.stderr, /not an e-mail address/)
  assert.match(wrong.stderr, /COUNTERSIGN_SMTP_URL must be/)
  for (const { stdout, stderr } of [closed, address, wrong])
    assert.ok(!(stdout + stderr).includes('verySecret'))
})

test('the message is handed over, and it says to whom', async (t) => {
  const { port, heard } = await openMailServer(t)

  const ran = await run([...ARGS, '--json'], {
    cwd: await givenFolder(t),
    env: { ...environment(`smtp://127.0.0.1:${port}`), COUNTERSIGN_MAIL_LANGUAGE: 'de' },
  })

  assert.equal(ran.code, 0, ran.stderr)
  assert.deepEqual(JSON.parse(ran.stdout), {
    sent: true,
    by: `smtp://127.0.0.1:${port}, from auth@example.com`,
  })
  assert.match(heard(), /RCPT TO:<ada@example\.com>/)
  assert.match(heard(), /Dies ist ein Test/)
})
