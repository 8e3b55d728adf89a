import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseLocale } from './locale.ts'
import { MAIL_SECONDS, nextAttemptMs, parseMailBody } from './mail.ts'

test('waits double from half a minute to an hour, are shortened by chance by half at most, and fit into a day', () => {
  assert.deepEqual(
    [1, 2, 3, 7, 8, 9, 1000].map((attempt) => nextAttemptMs(attempt, 0, 0) / 1000),
    [30, 60, 120, 1920, 3600, 3600, 3600],
  )
  assert.equal(nextAttemptMs(1, 500, 1), 15_500)
  assert.equal(nextAttemptMs(2, 0, 0.5), 45_000)
  let [nowMs, attempts] = [0, 0]
  while (nowMs < MAIL_SECONDS * 1000) {
    attempts += 1
    nowMs = nextAttemptMs(attempts, nowMs, 1)
  }
  assert.ok(attempts > 20 && attempts < 60, `${attempts}`)
})

test('the language is the one of ours that the header likes best', () => {
  for (const [header, expected] of [
    ['de', 'de'],
    ['de-AT,de;q=0.9,en;q=0.8', 'de'],
    ['fr, en-US;q=0.7, de;q=0.6', 'en'],
    ['en;q=0.2, de;q=0.3', 'de'],
    ['EN', 'en'],
    ['de;q=0, en;q=0.1', 'en'],
    ['de;q=nonsense', null],
    ['de;q=2', null],
    ['deutsch', null],
    ['fr', null],
    ['*', null],
    ['', null],
    [null, null],
    [`${'fr,'.repeat(100)}de`, null],
  ] as const) {
    assert.equal(chooseLocale(header), expected, String(header))
  }
})

test('a body that this version does not know is none, and nothing is made up for what is missing', () => {
  const content = { kind: 'factor_added', atMs: 1, device: null, address: '192.0.2.1', notMe: null }
  const body = { to: 'ada@example.com', locale: 'de', content }
  assert.deepEqual(parseMailBody(JSON.stringify(body)), body)
  // Written by a version that knew of no such links.
  const { notMe: _, ...older } = content
  assert.deepEqual(parseMailBody(JSON.stringify({ ...body, content: older })), body)
  for (const broken of [
    { ...body, content: { ...content, notMe: 7 } },
    { ...body, to: 7 },
    { ...body, locale: 'fr' },
    { ...body, content: null },
    { ...body, content: { ...content, kind: 'from_the_future' } },
    { ...body, content: { ...content, atMs: '1' } },
    { ...body, content: { kind: 'factor_added', atMs: 1, device: null } },
    null,
  ]) {
    assert.equal(parseMailBody(JSON.stringify(broken)), null)
  }
})
