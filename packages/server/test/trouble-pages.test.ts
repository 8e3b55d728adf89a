/** What people see where the service itself is in trouble, or where no page is; programs go on reading problems. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreUnavailable } from '@countersign/core'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { inside } from './inside.ts'

const BROWSER = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } }
const GERMAN = { headers: { ...BROWSER.headers, 'accept-language': 'de' } }

const titleOf = ({ text }: given.Answer): string => /<h1[^>]*>([^<]*)/.exec(text)?.[1] ?? ''

test('404 is a page for whoever reads pages, with a way on, and a problem for everybody else', async (t) => {
  const to = await given.authority(t)

  const page = await to.send('GET', '/no/such/page', BROWSER)
  const german = await to.send('GET', '/no/such/page', GERMAN)

  assert.equal(page.status, 404)
  assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8')
  assert.equal(titleOf(page), 'Nothing is here')
  assert.match(page.text, /href="\/account"/)
  assert.equal(titleOf(german), 'Hier ist nichts')
  assertProblem(await to.send('GET', '/no/such/page'), 'not_found')
  assertProblem(await to.send('POST', '/no/such/page', BROWSER), 'not_found')
  assertProblem(await to.send('GET', '/v1/clients/nobody', { ...BROWSER, key: to.adminKey }), 'not_found')
})

test('404 for a person holds nothing of the address that was asked for', async (t) => {
  const to = await given.authority(t)

  const page = await to.send('GET', '/canary-7f3a/%3Cscript%3E?next=canary-7f3a', BROWSER)

  assert.equal(page.status, 404)
  assert.doesNotMatch(page.text, /canary|<script>/)
})

test('an outage and a bug are said to be the service’s, and no app is suspected', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const path = '/oauth/authorize?client_id=pool&response_type=code'
  to.breakCalls(new StoreUnavailable('away'))
  const away = await to.send('GET', path, BROWSER)
  to.breakCalls(new TypeError('a bug'))
  const broken = await to.send('GET', path, BROWSER)

  assert.deepEqual([away.status, titleOf(away)], [503, 'Not available right now'])
  assert.deepEqual([broken.status, titleOf(broken)], [500, 'Something went wrong'])
  for (const { text } of [away, broken]) assert.doesNotMatch(text, /cannot be known to be the one/)
})

test('429 of a page says to wait, in the language of whoever reads it', async (t) => {
  const to = await given.authority(t, { COUNTERSIGN_RATE_LIMIT_TOKEN: '1/60' })
  await to.send('GET', '/login', GERMAN)

  const answer = await to.send('GET', '/login', GERMAN)

  assert.deepEqual([answer.status, titleOf(answer)], [429, 'Zu viele Anfragen'])
  assert.match(answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
})

test('a sign-in that took too long sends people back to begin again, and suspects nobody', async (t) => {
  const to = await given.authority(t)

  const over = await to.send('GET', '/login?interaction=cut-off', BROWSER)

  assert.equal(over.status, 400)
  assert.match(over.text, /begin there again/)
  assert.doesNotMatch(over.text, /cannot be known to be the one/)
})
