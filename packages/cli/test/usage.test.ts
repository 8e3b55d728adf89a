import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { catalogue } from '../src/catalogue.ts'
import { freePort, givenFolder, run } from './given.ts'

const API_KEY = 'cs_keylive_01hzzzzzzz0000000000000000_verySecretVerySecretVerySecretVerySecretVer012345'

test('a wrong command line is exit code 2, one sentence, and where to read more', async (t) => {
  const wrong: [string[], RegExp][] = [
    [['nonsense'], /no such command/],
    [['--port', '1'], /command comes first/],
    [['accounts'], /comes one of: list/],
    [['accounts', 'fly'], /comes one of: list/],
    [['accounts', 'list', '--colour'], /no option --colour/],
    [['accounts', 'list', '--limit'], /--limit is used wrongly/],
    [['accounts', 'list', '--limit', 'many'], /whole number from 1 to 200/],
    [['accounts', 'list', '--json=yes'], /--json is used wrongly/],
    [['accounts', 'show'], /<account> is missing/],
    [['accounts', 'show', 'a', 'b'], /more arguments/],
    [['accounts', 'create', '--password-stdin'], /--email is missing/],
    [['accounts', 'create', '--email', 'e', '--password-stdin', '--key-stdin'], /both want standard input/],
    [['accounts', 'roles', 'acc_1', 'member', '--none'], /not both/],
    [['accounts', 'list'], /no API key/],
    [['keys', 'create', '--name', 'n', '--expires-in', 'soon'], /length of time/],
    [['keys', 'create', '--name', 'n', '--rate-limit', '5'], /<requests>\/<seconds>/],
    [['roles', 'change', 'staff'], /nothing to change/],
    [['devices', 'forget'], /Name one device/],
    [['sessions', 'end'], /Name one session/],
    [['sessions', 'end', 'ses_1', '--others'], /Name one session/],
    [['revoke'], /Name a kind and an id/],
    [['revoke', 'session'], /Name a kind and an id/],
    [['revoke', 'moon', 'm'], /kind is one of/],
    [['revoke', 'access_token', 'jwt_1'], /needs --expires-at/],
    [['revoke', 'session', 's', '--credential-stdin'], /not both/],
    [['revoke', 'session', 's', '--wait', '60001'], /from 0 to 60000/],
    [['inspect'], /pipe one in/],
    [['bootstrap', '--password-stdin'], /--email is missing/],
    [['bootstrap', '--email', 'e@example.com'], /--password-stdin is missing/],
    [['mail', 'test'], /--to is missing/],
    [['serve', '--port', 'x'], /COUNTERSIGN_PORT must be/],
    [['new-epoch'], /Nothing was done: repeat with --yes/],
  ]
  await Promise.all(
    wrong.map(([args, sentence]) =>
      t.test(args.join(' '), async () => {
        const ran = await run(args)

        assert.equal(ran.code, 2, ran.stderr)
        assert.match(ran.stderr, sentence)
        assert.match(ran.stderr, /See: countersign/)
        assert.equal(ran.stdout, '')
        assert.doesNotMatch(ran.stderr, /\n\s+at /)
      }),
    ),
  )
})

test('a mistake never repeats what stood on the command line: it may be a key', async () => {
  for (const args of [
    [API_KEY],
    ['accounts', API_KEY],
    ['accounts', 'list', API_KEY],
    ['accounts', 'list', `--key=${API_KEY}`],
    ['accounts', 'list', '--key', API_KEY],
    ['revoke', API_KEY, 'x'],
    ['accounts', 'list', '--limit', API_KEY],
  ]) {
    const ran = await run(args)

    assert.equal(ran.code, 2)
    assert.doesNotMatch(ran.stdout + ran.stderr, /verySecret/)
  }
})

test('with --json a mistake is JSON on standard error', async () => {
  const ran = await run(['accounts', 'list', '--json'])

  const { error } = JSON.parse(ran.stderr)
  assert.equal(error.code, 'usage')
  assert.equal(ran.stdout, '')
})

test('keys that cannot be read are told apart from keys that are not there', async (t) => {
  const folder = await givenFolder(t)
  const file = join(folder, 'key')
  await writeFile(file, `${API_KEY}\n`)
  const env = { COUNTERSIGN_URL: `http://localhost:${await freePort()}` }

  const both = await run(['roles', 'list'], {
    env: { ...env, COUNTERSIGN_API_KEY: 'k', COUNTERSIGN_API_KEY_FILE: file },
  })
  const absent = await run(['roles', 'list'], {
    env: { ...env, COUNTERSIGN_API_KEY_FILE: join(folder, 'none') },
  })
  const empty = await run(['roles', 'list', '--key-stdin'], { env })
  const spaced = await run(['roles', 'list', '--key-stdin'], { env, stdin: 'two words' })
  const long = await run(['roles', 'list', '--key-stdin'], { env, stdin: 'k'.repeat(20_000) })
  const found = await run(['roles', 'list'], { env: { ...env, COUNTERSIGN_API_KEY_FILE: file } })

  assert.match(both.stderr, /both set/)
  assert.match(absent.stderr, /cannot be read/)
  assert.match(empty.stderr, /no API key on standard input/)
  assert.match(spaced.stderr, /printable ASCII/)
  assert.match(long.stderr, /too long/)
  for (const ran of [both, absent, empty, spaced, long]) assert.equal(ran.code, 2)
  assert.equal(found.code, 3)
})

test('an authority that cannot be reached is exit code 3, with a hint', async () => {
  const env = { COUNTERSIGN_API_KEY: API_KEY }
  const url = `http://localhost:${await freePort()}`

  const ran = await run(['accounts', 'list', '--url', url], { env })
  const json = await run(['accounts', 'list', '--url', url, '--json'], { env })

  assert.equal(ran.code, 3)
  assert.match(ran.stderr, /cannot be reached \(ECONNREFUSED\)/)
  assert.match(ran.stderr, /countersign serve/)
  assert.equal(json.code, 3)
  assert.equal(JSON.parse(json.stderr).error.code, 'unreachable')
  assert.doesNotMatch(ran.stderr + json.stderr, /verySecret|\n\s+at /)
})

test('a URL that would carry the key in clear is refused', async () => {
  for (const url of ['http://authority.example', 'nonsense', 'https://user:pass@authority.example']) {
    const ran = await run(['roles', 'list', '--url', url], { env: { COUNTERSIGN_API_KEY: API_KEY } })

    assert.equal(ran.code, 2)
    assert.doesNotMatch(ran.stderr, /pass/)
  }
})

test('every word explains itself, and so does every command under it', async (t) => {
  await Promise.all(
    Object.keys(catalogue).map((word) =>
      t.test(word, async () => {
        const [short, long] = await Promise.all([run([word, '--help']), run(['help', word])])

        assert.equal(short.code, 0, short.stderr)
        assert.match(short.stdout, new RegExp(`Usage: countersign ${word}`))
        assert.equal(long.stdout, short.stdout)
      }),
    ),
  )
  for (const { load } of Object.values(catalogue)) {
    for (const { name } of await load()) {
      await t.test(name, async () => {
        const ran = await run([...name.split(' '), '--help'])

        assert.equal(ran.code, 0, ran.stderr)
        assert.match(ran.stdout, new RegExp(`Usage: countersign ${name}`))
        assert.match(ran.stdout, /--json/)
        assert.match(ran.stdout, /Exit codes: 0 done; 1 refused/)
        assert.doesNotMatch(ran.stdout, ESCAPE)
      })
    }
  }
})

test('help without a command lists them all, and the version is the package’s', async () => {
  const manifest: unknown = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))

  const [bare, help, version] = await Promise.all([run([]), run(['--help']), run(['--version'])])

  for (const word of Object.keys(catalogue)) assert.match(bare.stdout, new RegExp(`^ {2}${word} `, 'm'))
  assert.equal(help.stdout, bare.stdout)
  assert.deepEqual(manifest, { ...Object(manifest), version: version.stdout.trim() })
})

test('an old Node is told so in words', async () => {
  const pretend =
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '24.6.9' } })"

  const ran = await run(['--version'], {
    nodeArgs: ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`],
  })

  assert.equal(ran.code, 1)
  assert.match(ran.stderr, /needs Node 24\.7 or later, and this is Node 24\.6\.9/)
  assert.equal(ran.stdout, '')
})

const ESCAPE = new RegExp(String.fromCharCode(27))
