import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toId, toOpaqueCredential, toSecretText } from '@countersign/protocol'
import { freePort, givenAdministrator, run, runJson } from './given.ts'

const SECRET = toSecretText(new Uint8Array(32).fill(9)).reveal()
const KEY = toOpaqueCredential(
  { prefix: 'cs', environment: 'live' },
  'api_key',
  toId('key', Date.UTC(2026, 0, 2), new Uint8Array(10).fill(3)),
  toSecretText(new Uint8Array(32).fill(9)),
).reveal()
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const JWT = `${encode({ alg: 'none' })}.${encode({ iss: 'x', exp: 1, name: '\u001b[31mred' })}.c2lnbmF0dXJlLW9mLW1pbmU`

test('what is malformed is exit code 1, with the reason', async () => {
  for (const [stdin, reason] of [
    ['hello', /neither an opaque credential/],
    [KEY.slice(0, -2), /cut off: 2 characters/],
    [`${KEY.slice(0, -1)}${KEY.endsWith('A') ? 'B' : 'A'}`, /checksum is wrong/],
  ] as const) {
    const ran = await run(['inspect', '--stdin'], { stdin })

    assert.equal(ran.code, 1)
    assert.match(ran.stdout, reason)
    assert.ok(!ran.stdout.includes(SECRET.slice(0, 8)))
  }
})

test('an API key is explained without its secret, and nothing is asked of anybody', async () => {
  const ran = await run(['inspect', '--stdin'], { stdin: `${KEY}\n` })

  assert.equal(ran.code, 0, ran.stderr)
  assert.match(ran.stdout, /^API key\n/)
  assert.match(ran.stdout, /checksum\tright/)
  assert.equal(ran.stderr, '')
  assert.ok(!ran.stdout.includes(SECRET.slice(0, 8)))
})

test('a credential on the command line works, with a warning about the history', async () => {
  const ran = await run(['inspect', KEY])

  assert.equal(ran.code, 0)
  assert.match(ran.stderr, /history of your shell/)
})

test('a JWT is explained with its warnings, and cannot colour the terminal', async () => {
  const { kind, warnings, parts, verdict } = await runJson<Record<string, unknown>>(['inspect', '--stdin'], {
    stdin: JWT,
  })

  assert.equal(kind, 'jwt')
  assert.equal(verdict, null)
  assert.match(JSON.stringify(warnings), /not signed.*has expired.*does not issue \(name\)/)
  assert.doesNotMatch(JSON.stringify(parts), /c2lnbmF0dXJl|\\u001b/)
})

test('naming an authority without a key, or one that is not there, is said', async () => {
  const url = `http://localhost:${await freePort()}`

  const keyless = await run(['inspect', '--stdin', '--url', url], { stdin: KEY })
  const absent = await run(['inspect', '--stdin', '--url', url], {
    stdin: KEY,
    env: { COUNTERSIGN_API_KEY: KEY },
  })

  assert.equal(keyless.code, 2)
  assert.equal(absent.code, 3)
})

test('with an authority its verdict is shown, and an inactive one is exit code 1', async (t) => {
  const { made, env } = await givenAdministrator(t)

  const alive = await run(['inspect', '--stdin'], { env, stdin: made.api_key.secret })
  const dead = await run(['inspect', '--stdin'], { env, stdin: KEY })

  assert.equal(alive.code, 0, alive.stderr)
  assert.match(alive.stdout, /The authority accepts it[\s\S]*permissions\t\*/)
  assert.equal(dead.code, 1)
  assert.match(dead.stdout, /The authority refuses it: invalid_credential\ndecision: dec_/)
  assert.ok(!`${alive.stdout}${dead.stdout}`.includes(made.api_key.secret))
})
