/** The settings as administrators see them: none of their secrets, and a mail to nobody but oneself. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { SettingsResponse } from '@countersign/protocol'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'

const SECRET = 'a'.repeat(43)
const shared = await given.openAuthority({
  ...given.UNLIMITED,
  COUNTERSIGN_BRAND_COLOR: '#ffd400',
  COUNTERSIGN_SMTP_URL: `smtp://user:${SECRET}@127.0.0.1:9`,
  COUNTERSIGN_MAIL_FROM: 'auth@example.com',
  COUNTERSIGN_RATE_LIMIT_MAIL: '2/900',
  COUNTERSIGN_EMAIL_VERIFICATION: 'off',
})
after(shared.close)
const { adminKey, send } = shared.given

test('403 without the permission, and for a mail with the other one', async () => {
  const { secret } = await given.keyOf(shared.given, ['settings:read'])

  assertProblem(await send('POST', '/v1/settings/test-mail', { key: secret }), 'permission_denied')
  const { secret: other } = await given.keyOf(shared.given, ['mail:test'])
  assertProblem(await send('GET', '/v1/settings', { key: other }), 'permission_denied')
})

test('every setting is there with its default, its meaning and where it was set; no secret is', async () => {
  const answer = await send('GET', '/v1/settings', { key: adminKey })

  assert.equal(answer.status, 200, answer.text)
  assert.ok(!answer.text.includes(SECRET))
  const { items }: SettingsResponse = JSON.parse(answer.text)
  assert.ok(items.length > 40)
  const one = (key: string): unknown => items.find((item) => item.key === key)
  assert.equal(given.at(one('brandColor'), 'value'), '#ffd400')
  assert.equal(given.at(one('brandColor'), 'source'), 'environment')
  assert.equal(given.at(one('brandColor'), 'set_in'), 'COUNTERSIGN_BRAND_COLOR')
  assert.equal(items.find(({ key }) => key === 'smtpUrl')?.value, null)
  assert.equal(given.at(one('smtpUrl'), 'source'), 'environment')
  assert.equal(given.at(one('leaseSeconds'), 'value'), '5')
  assert.equal(given.at(one('leaseSeconds'), 'source'), 'default')
  assert.equal(given.at(answer.json, 'mail', 'target'), 'smtp://127.0.0.1:9, from auth@example.com')
  // Written on white, the colour has been made dark enough to be read.
  assert.notEqual(given.at(answer.json, 'brand', 'light', 'text'), '#ffd400')
})

test('a test mail goes to oneself, tells what stands in the way, and is limited', async () => {
  const { email, id } = await given.person(shared.given)
  await send('PATCH', `/v1/accounts/${id}`, { key: adminKey, body: { roles: ['administrator'] } })
  const { session_token: bearer = '' } = await given.signedIn(shared.given, 'session_token', email)

  const first = await send('POST', '/v1/settings/test-mail', { bearer })
  assert.equal(first.status, 200, first.text)
  assert.equal(given.at(first.json, 'to'), email)
  assert.equal(given.at(first.json, 'outcome'), 'unreachable')
  assert.ok(!first.text.includes(SECRET))

  await send('POST', '/v1/settings/test-mail', { bearer })
  assertProblem(await send('POST', '/v1/settings/test-mail', { bearer }), 'rate_limited')
})

test('a program has no address, so that nothing is sent', async () => {
  const { secret } = await given.keyOf(shared.given, ['mail:test'])

  const answer = await send('POST', '/v1/settings/test-mail', { key: secret })

  assert.deepEqual(JSON.parse(answer.text), { outcome: 'no_address', reason: null, to: null })
})
