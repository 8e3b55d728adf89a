import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { bootstrap, EMAIL, freePort, givenFolder, givenServer, PASSWORD, run, runJson } from './given.ts'

test('a taken port is one sentence and exit code 1', async (t) => {
  const blocker = createServer().listen(0, '127.0.0.1')
  t.after(() => blocker.close())
  await once(blocker, 'listening')
  const address = blocker.address()
  assert.ok(typeof address === 'object' && address !== null)

  const ran = await run(['serve', '--port', String(address.port), '--data', await givenFolder(t)])

  assert.equal(ran.code, 1)
  assert.match(ran.stderr, /^error: Port \d+ is taken[^\n]*\n$/)
})

test('a file in the place of the data folder is one sentence and exit code 1', async (t) => {
  const file = join(await givenFolder(t), 'data')
  await writeFile(file, '')

  for (const ran of [
    await run(['serve', '--port', String(await freePort()), '--data', file]),
    await run(['migrate', '--data', file]),
    await run(['new-epoch', '--yes', '--data', file]),
    await run(['bootstrap', '--email', EMAIL, '--password-stdin', '--data', file], { stdin: PASSWORD }),
  ]) {
    assert.equal(ran.code, 1, ran.stderr)
    assert.ok(ran.stderr.includes(file))
    assert.doesNotMatch(ran.stderr, /\n\s+at |EEXIST|ENOTDIR/)
  }
})

test('a second server on the same data is one sentence and exit code 1, and the first goes on', async (t) => {
  const first = await givenServer(t)

  const second = await run(['serve', '--port', String(await freePort()), '--data', first.data])

  assert.equal(second.code, 1)
  assert.match(second.stderr, /^error: [^\n]*already running[^\n]*\n$/)
  assert.equal((await fetch(`${first.url}/healthz`)).status, 200)
})

test('all wrong settings are told together, as exit code 2', async (t) => {
  const env = { COUNTERSIGN_PORT: '99999', COUNTERSIGN_SIGN_UP: 'perhaps', COUNTERSIGN_PROT: '4000' }

  const ran = await run(['serve'], { env, cwd: await givenFolder(t) })

  assert.equal(ran.code, 2)
  assert.match(ran.stderr, /3 settings are wrong/)
  for (const name of Object.keys(env)) assert.match(ran.stderr, new RegExp(name))
})

test('the command line’s own variables are no mistakes to the server', async (t) => {
  const env = {
    COUNTERSIGN_URL: 'http://localhost:1',
    COUNTERSIGN_API_KEY: 'k',
    COUNTERSIGN_API_KEY_FILE: '/k',
  }

  const ran = await run(['migrate', '--data', await givenFolder(t)], { env })

  assert.equal(ran.code, 0, ran.stderr)
})

test('a first start makes its folder for its owner only, says where it is, and offers the set-up link', async (t) => {
  const data = join(await givenFolder(t), 'new', 'data')

  const { ready, url, stop } = await givenServer(t, data)

  assert.equal(ready.url, url)
  assert.equal(ready.data, data)
  assert.equal(ready.database, `SQLite ${join(data, 'countersign.db')}`)
  assert.match(String(ready.setup_link), new RegExp(`^${url}/setup#\\w{43}$`))
  assert.match(JSON.stringify(ready.notes), /addresses are not verified/)
  assert.equal((await stat(data)).mode & 0o077, 0)
  assert.equal(await stop(), 0)
})

test('where addresses are verified, the start does not say that they are not', async (t) => {
  const data = join(await givenFolder(t), 'data')
  const env = { COUNTERSIGN_SMTP_URL: 'smtp://127.0.0.1:1', COUNTERSIGN_MAIL_FROM: 'auth@example.com' }

  const { ready, stop } = await givenServer(t, data, env)

  assert.doesNotMatch(JSON.stringify(ready), /not verified/)
  assert.equal(await stop(), 0)
})

test('Ctrl-C and SIGTERM stop it with exit code 0, and the next start finds everything', async (t) => {
  const data = await givenFolder(t)
  await bootstrap(data)
  const first = await givenServer(t, data)
  assert.equal(await first.stop('SIGINT'), 0)

  const second = await givenServer(t, data)

  assert.equal(second.ready.setup_link, undefined)
  assert.equal(await second.stop('SIGTERM'), 0)
})

test('bootstrap works once: the second time nothing is made and nothing is told', async (t) => {
  const data = await givenFolder(t)
  const made = await bootstrap(data)

  const again = await run(['bootstrap', '--email', 'other@example.com', '--password-stdin', '--data', data], {
    stdin: PASSWORD,
  })

  assert.match(made.account.id, /^acc_/)
  assert.match(made.api_key.secret, /^cs_keylive_/)
  assert.equal(again.code, 1)
  assert.match(again.stderr, /There is an administrator already/)
  assert.ok(again.stderr.includes(data))
  assert.equal(again.stdout, '')
})

test('bootstrap beside a running server makes a key that the server knows', async (t) => {
  const server = await givenServer(t)

  const { api_key } = await bootstrap(server.data)

  const answer = await fetch(`${server.url}/v1/me`, { headers: { 'x-api-key': api_key.secret } })
  assert.equal(answer.status, 200)
})

test('bootstrap refuses a weak password and an address that is none, in words', async (t) => {
  const data = await givenFolder(t)
  const tried: [string, string, number, RegExp][] = [
    [EMAIL, 'short', 1, /longer password/],
    [EMAIL, '', 2, /no password on standard input/],
    ['nobody', PASSWORD, 2, /email/],
  ]
  for (const [email, stdin, code, sentence] of tried) {
    const ran = await run(['bootstrap', '--email', email, '--password-stdin', '--data', data], { stdin })

    assert.equal(ran.code, code, ran.stderr)
    assert.match(ran.stderr, sentence)
  }
})

test('migrate makes the database, and a second time changes nothing', async (t) => {
  const data = await givenFolder(t)

  const first = await run(['migrate', '--data', data])
  const again = await run(['migrate', '--data', data])

  for (const ran of [first, again]) {
    assert.equal(ran.code, 0, ran.stderr)
    assert.ok(ran.stderr.includes(data))
    assert.match(ran.stdout, /is at this version/)
  }
  assert.ok((await readdir(data)).includes('countersign.db'))
})

test('without --data the folder is ./data where the command is run', async (t) => {
  const folder = await givenFolder(t)
  await mkdir(join(folder, 'inside'))

  const outside = await run(['migrate'], { cwd: join(folder, 'inside') })

  assert.equal(outside.code, 0, outside.stderr)
  assert.deepEqual(await readdir(join(folder, 'inside')), ['data'])
})

test('the settings are listed with their variables, defaults and reasons', async () => {
  const { items } = await runJson<{ items: Record<string, unknown>[] }>(['settings'])
  const text = await run(['settings'])

  assert.ok(items.length > 20)
  for (const { key, reason, fallback, variables } of items) {
    assert.ok(Array.isArray(variables) && variables.length > 0, String(key))
    assert.equal(typeof fallback, 'string')
    assert.match(String(reason), /\w/)
  }
  assert.match(text.stdout, /^COUNTERSIGN_PORT\tport\t4000\t/m)
})

test('new-epoch does nothing without --yes, and tells what it would mean', async (t) => {
  const data = await givenFolder(t)
  await bootstrap(data)

  const ran = await run(['new-epoch', '--data', data])

  assert.equal(ran.code, 2)
  assert.match(ran.stderr, /ends everything that was issued before it/)
  assert.equal(ran.stdout, '')
})

test('new-epoch beside a running server ends the key that it was made with, and people sign in again', async (t) => {
  const data = await givenFolder(t)
  const { api_key } = await bootstrap(data)
  const server = await givenServer(t, data)
  const me = (): Promise<Response> =>
    fetch(`${server.url}/v1/me`, { headers: { 'x-api-key': api_key.secret } })
  assert.equal((await me()).status, 200)

  const began = await runJson<Record<string, unknown>>(['new-epoch', '--yes', '--data', data])

  assert.match(String(began.epoch), /^[0-9a-f]{24}$/)
  assert.deepEqual(Object.keys(began), ['database', 'epoch', 'position', 'before'])
  // The server sees it within half a second, and refuses by itself if it does not.
  const deadline = Date.now() + 10_000
  while ((await me()).status === 200 && Date.now() < deadline);
  assert.equal((await me()).status, 401)
  const body = JSON.stringify({ email: EMAIL, password: PASSWORD, deliver: 'session_token' })
  const headers = { 'content-type': 'application/json' }
  const signIn = await fetch(`${server.url}/v1/sign-in`, { method: 'POST', headers, body })
  assert.equal(signIn.status, 200)
})
