import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestClock } from '../../test/clock.ts'
import {
  createDocuments,
  DOCUMENTS_MAX,
  KEPT_SECONDS_MAX,
  KEPT_SECONDS_MIN,
  PAUSE_SECONDS,
} from './documents.ts'
import type { OutboundAnswer } from './ports.ts'

const URL = 'https://docs.example/jwks'

function given() {
  const clock = createTestClock()
  const asked: string[] = []
  let next: OutboundAnswer = answerOf('{"keys":[]}')
  const outbound = {
    request: (url: string) => {
      asked.push(url)
      return Promise.resolve(next)
    },
  }
  const answer = (one: OutboundAnswer): void => {
    next = one
  }
  return { clock, asked, answer, documents: createDocuments(outbound, clock) }
}

const answerOf = (text: string, cacheControl: string | null = null, status = 200): OutboundAnswer => ({
  ok: true,
  status,
  contentType: 'application/json',
  cacheControl,
  text,
})

test('what is no document is refused, and not asked for again within the pause', async () => {
  for (const [bad, reason] of [
    [{ ok: false, reason: 'address_refused' } as const, 'address_refused'],
    [answerOf('{}', 'max-age=3600', 404), 'bad_status'],
    [answerOf('<html>'), 'bad_document'],
    [answerOf('{"keys":[],"keys":[]}'), 'bad_document'],
  ] as const) {
    const { clock, asked, answer, documents } = given()
    answer(bad)

    assert.deepEqual(await documents.read(URL), { ok: false, reason })
    clock.advance(PAUSE_SECONDS - 1)
    assert.deepEqual(await documents.read(URL, { again: true }), { ok: false, reason })
    assert.equal(asked.length, 1)
    clock.advance(1)
    answer(answerOf('{}'))
    assert.deepEqual(await documents.read(URL), { ok: true, value: {} })
  }
})

for (const [header, seconds] of [
  [null, 300],
  ['max-age=600', 600],
  ['public, max-age=600, immutable', 600],
  ['max-age=0', KEPT_SECONDS_MIN],
  ['no-store', KEPT_SECONDS_MIN],
  ['max-age=99999999', KEPT_SECONDS_MAX],
  ['xmax-age=600', 300],
] as const) {
  test(`with ${header === null ? 'no header' : header} it is kept ${seconds} seconds`, async () => {
    const { clock, asked, answer, documents } = given()
    answer(answerOf('{}', header))

    await documents.read(URL)
    clock.advance(seconds - 1)
    await documents.read(URL)
    assert.equal(asked.length, 1)
    clock.advance(1)
    await documents.read(URL)
    assert.equal(asked.length, 2)
  })
}

test('a newer one is fetched where what is kept is not enough, but not within the pause', async () => {
  const { clock, asked, answer, documents } = given()
  await documents.read(URL)
  answer(answerOf('{"keys":[1]}'))

  await documents.read(URL, { again: true })
  assert.equal(asked.length, 1)
  clock.advance(PAUSE_SECONDS)
  assert.deepEqual(await documents.read(URL, { again: true }), { ok: true, value: { keys: [1] } })
  assert.equal(asked.length, 2)
})

test('a document that still counts is not lost to an outage, and does count no longer than it said', async () => {
  const { clock, answer, documents } = given()
  await documents.read(URL)
  answer({ ok: false, reason: 'unreachable' })
  clock.advance(PAUSE_SECONDS)

  assert.deepEqual(await documents.read(URL, { again: true }), { ok: true, value: { keys: [] } })
  clock.advance(300)
  assert.deepEqual(await documents.read(URL), { ok: false, reason: 'unreachable' })
})

test('fifty who need it at once wait for one call, and no more documents are kept than there is room for', async () => {
  const { asked, documents } = given()

  await Promise.all(Array.from({ length: 50 }, () => documents.read(URL)))
  assert.equal(asked.length, 1)

  for (let index = 0; index < DOCUMENTS_MAX; index += 1) await documents.read(`${URL}/${index}`)
  await documents.read(URL)
  assert.equal(asked.length, DOCUMENTS_MAX + 2)
})
