/** Five hundred sign-ins at once: as many as can wait do, the rest is told to come back, and others are served. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { bootstrap } from '../crash/bootstrap.ts'
import { call } from '../crash/calls.ts'
import { PASSWORD } from '../given.ts'
import { quiet, startProgram, temporaryFolder } from './spawn.ts'

const SIGN_INS = 500
/** Two hashes of 19 MiB at work, five hundred connections and their garbage. Unbounded it would be gigabytes. */
const GROWTH_MIB_MAX = 256

test('a flood of sign-ins neither fills the memory nor keeps others from being answered', async (t) => {
  const settings = { ...quiet, COUNTERSIGN_DATA: temporaryFolder(t) }
  const key = await bootstrap(settings)
  const program = startProgram(t, 'server', settings)
  const { url } = await program.ready
  // Everything is loaded that a sign-in loads.
  const body = { email: 'admin@example.com', password: PASSWORD }
  assert.equal((await call(url, 'POST', '/v1/sign-in', { body })).status, 200)
  const before = residentMib(program.child.pid, 'VmRSS')

  let isOver = false
  const flood = Promise.all(
    Array.from({ length: SIGN_INS }, (_, index) =>
      call(url, 'POST', '/v1/sign-in', {
        // Half of them for nobody: the work is the same.
        body: index % 2 === 0 ? body : { ...body, email: `nobody-${index}@example.com` },
      }),
    ),
  ).finally(() => {
    isOver = true
  })
  let served = 0
  while (!isOver) {
    for (const path of ['/healthz', '/v1/me', '/.well-known/jwks.json']) {
      const { status } = await call(url, 'GET', path, { key })
      assert.equal(status, 200, `${path} during the flood`)
      served += 1
    }
  }

  const answers = await flood
  const count = (status: number): number => answers.filter((answer) => answer.status === status).length
  t.diagnostic(
    `${count(200)} signed in, ${count(401)} refused, ${count(429) + count(503)} sent away, ${served} others served`,
  )
  // Of one account five passwords at once are compared; the others are told when to come back.
  assert.equal(count(200) + count(401) + count(429) + count(503), SIGN_INS)
  assert.ok(count(200) > 0 && count(401) > 0 && count(503) > 0)
  for (const answer of answers.filter(({ status }) => status === 429 || status === 503)) {
    assert.equal(answer.json.code, answer.status === 503 ? 'overloaded' : 'too_many_failures')
    assert.match(answer.retryAfter ?? '', /^[1-9]\d*$/)
  }
  assert.ok(served > 0)
  const grown = residentMib(program.child.pid, 'VmHWM') - before
  assert.ok(grown < GROWTH_MIB_MAX, `The memory grew by ${grown} MiB.`)
})

/** Linux tells it; elsewhere the test is about the answers alone. */
function residentMib(pid: number | undefined, field: 'VmRSS' | 'VmHWM'): number {
  if (process.platform !== 'linux') return 0
  const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Math.round(Number(line?.[1]) / 1024)
}
