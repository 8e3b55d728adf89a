/** Asking for a passkey before anybody is known: it writes nothing, and is answered once by the browser that has asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { type Inside, inside } from './inside.ts'
import { personWithPasskey, requestOptionsOf } from './passkeys.ts'
import { type SoftKey, usePasskey } from './soft-authenticator.ts'

const OWN_PAGE = { origin: given.ISSUER, 'sec-fetch-site': 'same-origin' }

interface Asked {
  readonly options: ReturnType<typeof requestOptionsOf>
  readonly cookie: string
}

async function ask({ send }: Pick<Inside, 'send'>, headers = {}): Promise<Asked> {
  const answer = await send('POST', '/v1/sign-in/passkey/options', { headers })
  const [line = ''] = answer.headers.getSetCookie()
  return { options: requestOptionsOf(answer), cookie: line.split(';')[0] ?? '' }
}

const present = (
  { send }: Pick<Inside, 'send'>,
  key: SoftKey,
  { options }: Asked,
  headers = {},
): Promise<given.Answer> =>
  send('POST', '/v1/sign-in/passkey', {
    body: { credential: usePasskey(key, options), deliver: 'session_token' },
    headers,
  })

test('asking a thousand times writes nothing and reads nothing', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  to.takeCalls()
  const challenges = new Set<string>()

  for (let times = 0; times < 1000; times += 1) challenges.add((await ask(to)).options.challenge)

  assert.equal(challenges.size, 1000)
  assert.deepEqual(to.takeCalls(), [])
})

test('what one browser has asked for is answered by no other, nor by a program', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { key } = await personWithPasskey(to)
  const [mine, theirs] = [await ask(to, OWN_PAGE), await ask(to, OWN_PAGE)]
  assert.notEqual(mine.cookie, theirs.cookie)
  const program = await ask(to)
  assert.equal(program.cookie, '')

  for (const [asked, headers] of [
    [mine, { ...OWN_PAGE, cookie: theirs.cookie }],
    [mine, OWN_PAGE],
    [mine, {}],
    [mine, { cookie: mine.cookie }],
    [program, { ...OWN_PAGE, cookie: mine.cookie }],
    [program, OWN_PAGE],
    [mine, { ...OWN_PAGE, cookie: `${mine.cookie}; ${theirs.cookie}` }],
  ] as const) {
    assertProblem(await present(to, key, asked, headers), 'invalid_passkey')
  }

  const fresh = await ask(to, { ...OWN_PAGE, cookie: mine.cookie })
  assert.equal(fresh.cookie, '', 'A browser that is known gets no other cookie.')
  assert.equal((await present(to, key, fresh, { ...OWN_PAGE, cookie: mine.cookie })).status, 200)
})

test('the cookie signs nobody in, is for this host and its own pages alone, and scripts cannot read it', async (t) => {
  const { send } = await inside(t)

  const answer = await send('POST', '/v1/sign-in/passkey/options', { headers: OWN_PAGE })

  assert.match(
    answer.headers.getSetCookie().join(),
    /^__Host-countersign_passkey=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
  )
})

test('of many that answer one challenge at once, one gets in', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { key } = await personWithPasskey(to, { synced: true })
  const asked = await ask(to)

  const answers = await Promise.all(Array.from({ length: 8 }, () => present(to, key, asked)))

  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array.from({ length: 7 }, () => 401)])
})

test('a challenge that was altered, or sealed for something else, is none', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { key } = await personWithPasskey(to)
  const { options, cookie } = await ask(to)
  const { secrets } = to.services.core
  const foreign = secrets.seal(`x ${to.clock.nowMs() + 1000} `, 'authorization request')
  const bytes = Buffer.from(options.challenge, 'base64url')
  bytes.writeUInt8(bytes.readUInt8(20) === 65 ? 66 : 65, 20)

  for (const challenge of [
    Buffer.from(foreign).toString('base64url'),
    bytes.toString('base64url'),
    options.challenge.slice(0, -4),
    'x'.repeat(43),
  ]) {
    const asked = { options: { ...options, challenge }, cookie }
    assertProblem(await present(to, key, asked), 'invalid_passkey')
  }
  assert.equal((await present(to, key, { options, cookie })).status, 200)
})
