// The programs that docs/guards.md prints are run, with other ports, against a real authority: a member is let in by each, a stranger
// is not, and neither is the member once the session has been revoked.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { MIA, signInOnTablet } from '../../examples/demo/people.ts'
import { hire } from '../../examples/demo/town.ts'
import { type House, openHouse } from '../../examples/given.ts'
import { ROOT, readDocument, readFences } from './markdown.ts'
import { findFreePort } from './tour-server.ts'

const AUDIENCE = 'http://localhost:4100'

/** Ends when nobody holds its standard input any more. */
const AROUND = `\nprocess.stdin.resume().on('end', () => process.exit())\n`

const undoing: (() => Promise<unknown>)[] = []
let house: House
let key: string

before(async () => {
  house = await openHouse((undo) => undoing.push(undo), [AUDIENCE])
  await house.member()
  key = (await hire(house.owner, 'the gym', AUDIENCE)).reveal()
})
after(async () => {
  for (const undo of undoing.reverse()) await undo()
})

const programs = readFences(readDocument('docs/guards.md')).filter(({ language }) => language === 'ts')

test('the document has a program for each framework', () => {
  assert.deepEqual(
    programs.map(({ heading }) => heading),
    ['Hono', 'Express', 'Fastify', 'node:http'],
  )
})

for (const { heading, body } of programs) {
  test(`${heading}: the program lets a member in and a stranger not, and the member no longer once revoked`, async (t) => {
    const port = await findFreePort()
    // The audience keeps its name; only where the program listens is changed.
    const program = body
      .replaceAll('http://localhost:4000', house.url)
      .replace(/(listen\(|port: )(\{ port: )?4100/, `$1$2${port}`)
    const app = spawn(
      process.execPath,
      ['--conditions=source', '--input-type=module', '-e', program + AROUND],
      {
        cwd: ROOT,
        env: { ...process.env, GYM_KEY: key },
        stdio: ['pipe', 'inherit', 'inherit'],
      },
    )
    const exited = once(app, 'exit')
    t.after(async () => {
      app.kill()
      await exited
    })
    const url = `http://localhost:${port}`
    await Promise.race([untilAnswered(url), exited.then(() => assert.fail('The program ended.'))])
    const { sessionToken, sessionId } = await signInOnTablet(house.anybody, MIA)
    const token = sessionToken.reveal()
    const ask = (method: string, path: string, authorization?: string): Promise<Response> =>
      fetch(url + path, { method, headers: authorization === undefined ? {} : { authorization } })

    const stranger = await ask('GET', '/floor')
    const member = await ask('GET', '/floor', `Bearer ${token}`)
    const booked = await ask('POST', '/bookings', `Bearer ${token}`)
    const target = { kind: 'session', id: sessionId } as const
    const { confirmed } = await house.owner.revoke({ target, waitMs: 30_000 })
    const revoked = await ask('GET', '/floor', `Bearer ${token}`)

    assert.equal(stranger.status, 401)
    assert.match(
      stranger.headers.get('www-authenticate') ?? '',
      /^Bearer realm="countersign", scope="floor:read", resource_metadata="http:\/\/localhost:4100\//,
    )
    assert.match(await member.text(), /^Hello, acc_[0-9a-z]{26}\.$/)
    assert.equal(booked.status, 201)
    assert.deepEqual([confirmed, revoked.status], [true, 401])
  })
}

/** Waits for the program to listen; what it answers does not matter. */
async function untilAnswered(url: string): Promise<void> {
  for (;;) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    )
    if (answered) return
  }
}
