/** Mail that is kept to be looked at: by this machine alone, while nothing is set up to send it. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { deliverMails } from '@countersign/core'
import { systemFacts } from '../../src/chores.ts'
import { enrolTotp } from '../authenticator.ts'
import { assertProblem } from '../contract.ts'
import * as given from '../given.ts'
import { type Inside, inside } from '../inside.ts'

/** With one message in the box; answers its path. */
async function withMessage(t: TestContext, settings: Record<string, string> = {}): Promise<[Inside, string]> {
  const to = await inside(t, { ...given.UNLIMITED, ...settings })
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token')
  await enrolTotp(to, bearer)
  const { core, mailer, mailbox } = to.services
  assert.ok(mailer)
  await deliverMails(core, mailer, systemFacts(core.clock.nowMs()))
  return [to, `/dev/mail/${mailbox?.list()[0]?.id}`]
}

test('the list leads to the message, as text and as HTML', async (t) => {
  const [to, path] = await withMessage(t)

  const list = await to.send('GET', '/dev/mail')
  const text = await to.send('GET', path)
  const html = await to.send('GET', `${path}/html`)

  assert.ok(list.text.includes(`href="${path}"`) && list.text.includes('A second factor was added'))
  assert.ok(text.text.includes('An authenticator was added') && text.text.includes(`href="${path}/html"`))
  assert.match(html.text, /^<!doctype html>/)
  assertProblem(await to.send('GET', '/dev/mail/mai_none'), 'not_found')
  assertProblem(await to.send('GET', '/dev/mail/mai_none/html'), 'not_found')
})

test('the HTML part stands in a sandbox that runs and loads nothing', async (t) => {
  const [to, path] = await withMessage(t)

  const { headers } = await to.send('GET', `${path}/html`)

  assert.equal(
    headers.get('content-security-policy'),
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; sandbox; frame-ancestors 'none'",
  )
  const page = await to.send('GET', path)
  assert.doesNotMatch(page.headers.get('content-security-policy') ?? '', /unsafe/)
})

test('it is there for nobody but this machine, under a name of this machine, and without a proxy', async (t) => {
  const [to, path] = await withMessage(t, { COUNTERSIGN_ALLOWED_HOSTS: 'tunnel.example.com' })
  const attempts: readonly given.SendOptions[] = [
    { address: '192.0.2.7', encrypted: true },
    { address: '10.0.0.1', encrypted: true },
    { headers: { 'x-forwarded-for': '127.0.0.1' } },
    { headers: { forwarded: 'for=127.0.0.1' } },
    { headers: { host: 'tunnel.example.com' } },
  ]
  for (const attempt of attempts) {
    for (const one of ['/dev/mail', path, `${path}/html`]) {
      assertProblem(await to.send('GET', one, attempt), 'not_found')
    }
  }
  assertProblem(await to.send('GET', path, { headers: { host: 'evil.example' } }), 'misdirected_request')
  assert.equal((await to.send('GET', path)).status, 200)
})

test('behind a trusted proxy the true client decides', async (t) => {
  const [to, path] = await withMessage(t, { COUNTERSIGN_TRUSTED_PROXIES: '127.0.0.1' })

  const answer = await to.send('GET', path, {
    headers: { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https' },
  })

  assertProblem(answer, 'not_found')
})

for (const [what, settings] of [
  [
    'an SMTP server is set',
    { COUNTERSIGN_SMTP_URL: 'smtp://127.0.0.1:1', COUNTERSIGN_MAIL_FROM: 'a@example.com' },
  ],
  ['the issuer is not this machine', { COUNTERSIGN_ISSUER: 'https://auth.example.com' }],
] as const) {
  test(`there is no such page where ${what}`, async (t) => {
    const to = await inside(t, { ...given.UNLIMITED, ...settings })
    const base = to.services.config.issuer

    for (const path of ['/dev/mail', '/dev/mail/mai_x', '/dev/mail/mai_x/html']) {
      assertProblem(await to.send('GET', path, { base }), 'not_found')
    }
  })
}

test('the box keeps the newest hundred', async (t) => {
  const [to] = await withMessage(t)
  const { mailbox } = to.services
  const [first] = mailbox?.list() ?? []
  assert.ok(mailbox && first)
  for (let count = 0; count < 100; count += 1) await mailbox.send({ ...first, id: `mai_${count}` })

  assert.equal(mailbox.list().length, 100)
  assert.equal(mailbox.find(first.id), null)
  assert.equal(mailbox.list()[0]?.id, 'mai_99')
})
