import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { Secret } from '@countersign/protocol'
import { createTestClock } from '../../test/clock.ts'
import { givenRangeServer, rangeOf, sha1 } from '../../test/range-server.ts'
import { systemTimers } from '../adapters/timers.ts'
import type { Timers } from '../feed/ports.ts'
import { createBreachedPasswords, QUESTIONS_MAX } from './breached-passwords.ts'
import { FAILURES_TO_OPEN, PAUSE_MS } from './circuit.ts'
import { RANGE_BYTES_MAX } from './range-answer.ts'
import { RANGE_KEPT_MS, RANGES_MAX } from './ranges.ts'

const password = 'tennis umbrella'
const prefix = sha1(password).slice(0, 5)

async function given(t: TestContext, timers: Timers = systemTimers) {
  const service = await givenRangeServer(t)
  const clock = createTestClock()
  const { find } = createBreachedPasswords({ url: service.url, timeoutMs: 5000, timers }, clock)
  return { service, clock, find: (text = password) => find(new Secret(text)) }
}

/** A clock for time-outs that a test moves. */
function givenTimers() {
  const set: { ms: number; run: () => void }[] = []
  const timers: Timers = {
    set: (ms, run) => {
      const timer = { ms, run }
      set.push(timer)
      return () => set.splice(set.indexOf(timer), 1)
    },
  }
  return { timers, set }
}

test('a leaked password is found, another one is not', async (t) => {
  const { service, find } = await given(t)
  service.leak(password)

  assert.equal(await find(), 'breached')
  assert.equal(await find('tennis umbrella 2'), 'clear')
})

test('five digits of the hash leave the house, with a request for padding, and nothing else', async (t) => {
  const { service, find } = await given(t)

  await find('Grüße aus Łódź 🎾 tennis')

  const expected = sha1('Grüße aus Łódź 🎾 tennis').slice(0, 5)
  const [asked] = service.asked
  assert.equal(service.asked.length, 1)
  assert.equal(asked?.method, 'GET')
  assert.equal(asked?.url, `/range/${expected}`)
  assert.equal(asked?.body, '')
  const { host: _, ...headers } = asked?.headers ?? {}
  assert.deepEqual(headers, {
    accept: 'text/plain',
    'accept-encoding': 'gzip, deflate',
    'accept-language': '*',
    'add-padding': 'true',
    connection: 'keep-alive',
    'sec-fetch-mode': 'cors',
    'user-agent': 'countersign',
  })
})

test('a suffix that only pads the answer is not leaked', async (t) => {
  const { service, find } = await given(t)
  service.answer((res) => res.end(`${sha1(password).slice(5)}:0\r\n`))

  assert.equal(await find(), 'clear')
})

test('lower case, LF and a last line without end are read; so is a compressed answer', async (t) => {
  const { service, find } = await given(t)
  const text = rangeOf(prefix, new Set([sha1(password)]))
    .toLowerCase()
    .replaceAll('\r\n', '\n')
  service.answer((res) => res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text)))

  assert.equal(await find(), 'breached')
})

const good = rangeOf(prefix, new Set([sha1(password)]))
const broken: Readonly<Record<string, string | Buffer>> = {
  'nothing at all': '',
  'a page of HTML': '<!doctype html><title>Sign in to the network</title>',
  JSON: '{"found":false}',
  'one line of another kind': `${good}\r\n<b>advertisement</b>`,
  'whole hashes instead of suffixes': `${sha1(password)}:7\r\n`,
  'a suffix without its count': `${good}\r\n${sha1('x').slice(5)}`,
  'a negative count': `${sha1(password).slice(5)}:-1\r\n`,
  'an empty line in the middle': `${good}\r\n\r\n${good}`,
  'bytes that are no text': Buffer.from([0xff, 0xfe, 0x00, 0x0d, 0x0a]),
  'an answer cut off in the middle of a line': good.slice(0, -20),
}
for (const [name, body] of Object.entries(broken)) {
  test(`${name} is no answer, and never "not leaked"`, async (t) => {
    const { service, find } = await given(t)
    service.answer((res) => res.end(body))

    assert.equal(await find(), 'unknown')
  })
}

for (const status of [204, 301, 302, 400, 401, 403, 404, 429, 500, 503]) {
  test(`status ${status} is no answer, whatever stands in the body, and nobody is followed elsewhere`, async (t) => {
    const { service, find } = await given(t)
    service.answer((res) => {
      res.writeHead(status, { location: '/elsewhere' })
      res.end(status === 204 ? undefined : good)
    })

    assert.equal(await find(), 'unknown')
    assert.equal(service.asked.length, 1)
  })
}

test('an answer without end is not read to its end, nor one that unfolds to too much', async (t) => {
  const { service, find } = await given(t)
  const line = `${sha1('x').slice(5)}:1\r\n`
  let written = 0
  service.answer((res) => {
    const more = (): void => {
      while (!res.destroyed && written < RANGE_BYTES_MAX * 64) {
        written += line.length * 1000
        if (!res.write(line.repeat(1000))) {
          res.once('drain', more)
          return
        }
      }
      res.end()
    }
    more()
  })
  assert.equal(await find(), 'unknown')
  assert.ok(written < RANGE_BYTES_MAX * 64, 'the connection was closed on the way')

  const bomb = gzipSync(line.repeat(Math.ceil((RANGE_BYTES_MAX * 8) / line.length)))
  service.answer((res) => res.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb))
  assert.equal(await find(), 'unknown')
})

test('a service that begins to answer and does not end is given up when its time is over', async (t) => {
  const { timers, set } = givenTimers()
  const { service, find } = await given(t, timers)
  const begun = Promise.withResolvers<void>()
  service.answer((res) => {
    res.write(good)
    begun.resolve()
  })

  const answer = find()
  await begun.promise
  assert.deepEqual(
    set.map(({ ms }) => ms),
    [5000],
  )
  set[0]?.run()

  assert.equal(await answer, 'unknown')
  assert.equal(set.length, 0, 'no timer is left')
})

test('a connection that breaks, or that nobody takes, is no answer', async (t) => {
  const { service, find } = await given(t)
  service.answer((res) => {
    res.write(good)
    res.destroy()
  })
  assert.equal(await find(), 'unknown')

  const nobody = { url: new URL('http://127.0.0.1:1/range'), timeoutMs: 5000, timers: systemTimers }
  assert.equal(await createBreachedPasswords(nobody, createTestClock()).find(new Secret(password)), 'unknown')
})

test('after some failures in a row nobody waits, until one caller after the pause finds it well again', async (t) => {
  const { service, clock, find } = await given(t)
  service.leak(password)
  service.answer((res) => res.writeHead(500).end())
  for (let index = 0; index < FAILURES_TO_OPEN; index += 1) await find()
  assert.equal(service.asked.length, FAILURES_TO_OPEN)

  assert.equal(await find(), 'unknown')
  clock.advance(PAUSE_MS / 1000 - 1)
  assert.equal(await find('another password here'), 'unknown')
  assert.equal(service.asked.length, FAILURES_TO_OPEN, 'nothing was asked meanwhile')

  service.answer((res, asked) => res.end(rangeOf(asked, new Set([sha1(password)]))))
  clock.advance(1)
  const both = await Promise.all([find(), find('another password here')])
  assert.deepEqual(both, ['breached', 'unknown'], 'one tries, the other does without')
  assert.equal(await find('another password here'), 'clear')
})

test('an answer serves everybody who asks for its prefix at once, and for a while after', async (t) => {
  const { service, clock, find } = await given(t)
  service.leak(password)

  const answers = await Promise.all(Array.from({ length: 50 }, () => find()))

  assert.deepEqual(new Set(answers), new Set(['breached']))
  assert.equal(service.asked.length, 1)
  clock.advance(RANGE_KEPT_MS / 1000 - 1)
  await find()
  assert.equal(service.asked.length, 1)
  clock.advance(1)
  await find()
  assert.equal(service.asked.length, 2)
})

test('what is kept is bounded: the oldest prefix is asked for again', async (t) => {
  const { service, find } = await given(t)
  await find()
  for (let index = 0; index < RANGES_MAX - 1; index += 1) await find(`other password ${index}`)
  await find()
  assert.equal(service.asked.length, RANGES_MAX, 'the first one is still kept')

  await find('one more than there is room for')
  await find()

  assert.equal(service.asked.length, RANGES_MAX + 2)
})

test('no failure is kept: the next question is asked anew', async (t) => {
  const { service, find } = await given(t)
  service.answer((res) => res.writeHead(503).end())
  assert.equal(await find(), 'unknown')

  service.answer((res, asked) => res.end(rangeOf(asked, new Set([sha1(password)]))))

  assert.equal(await find(), 'breached')
})

test('not more than so many questions wait for a slow service at once', async (t) => {
  const { timers, set } = givenTimers()
  const { service, find } = await given(t, timers)
  const all = Promise.withResolvers<void>()
  service.answer(() => {
    if (service.asked.length === QUESTIONS_MAX) all.resolve()
  })
  const waiting = Array.from({ length: QUESTIONS_MAX }, (_, index) => find(`slow password ${index}`))
  await all.promise

  assert.equal(await find('one more than may wait'), 'unknown')

  assert.equal(service.asked.length, QUESTIONS_MAX)
  for (const { run } of [...set]) run()
  assert.deepEqual(new Set(await Promise.all(waiting)), new Set(['unknown']))
})
