/** From a change to the message about it: written with the change, sent once, tried again, and given up in the end. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { deliverMails, MAIL_LEASE_MS, MAIL_SECONDS, type Settlement } from '@countersign/core'
import { systemFacts } from '../../src/chores.ts'
import { enrolTotp, nextStep, presentRecovery, ticketOf } from '../authenticator.ts'
import * as given from '../given.ts'
import { type Inside, inside } from '../inside.ts'
import { openSmtpServer, type SmtpServer } from './smtp-server.ts'

interface WithMail extends Inside {
  readonly smtp: SmtpServer
  deliver(): Promise<readonly Settlement[]>
}

async function withMail(t: TestContext, settings: Record<string, string> = {}): Promise<WithMail> {
  const smtp = await openSmtpServer(t)
  const opened = await inside(t, {
    ...given.UNLIMITED,
    COUNTERSIGN_SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
    COUNTERSIGN_MAIL_FROM: 'auth@example.com',
    COUNTERSIGN_EMAIL_VERIFICATION: 'off',
    ...settings,
  })
  return { ...opened, smtp, deliver: () => deliver(opened) }
}

async function deliver({ services }: Inside): Promise<readonly Settlement[]> {
  const { core, mailer } = services
  assert.ok(mailer)
  return deliverMails(core, mailer, systemFacts(core.clock.nowMs()))
}

interface Enrolled {
  readonly email: string
  readonly bearer: string
  readonly id: string
  readonly recoveryCodes: readonly string[]
}

/** Somebody who has just added a factor, with the message about it still waiting. */
async function enrolled(to: Inside, headers: Record<string, string> = {}): Promise<Enrolled> {
  const { email } = await given.person(to)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', email)
  const send: Inside['send'] = (method, path, options) => to.send(method, path, { ...options, headers })
  return { email, bearer, ...(await enrolTotp({ ...to, send }, bearer)) }
}

const auditOf = async ({ send, adminKey }: Inside, type: string): Promise<readonly unknown[]> => {
  const { json } = await send('GET', `/v1/audit?type=${type}`, { key: adminKey })
  return Array.isArray(json.items) ? json.items : []
}

const subjectOf = ({ data }: { readonly data: string }): string => /^Subject: (.*)$/m.exec(data)?.[1] ?? ''

test('adding, removing and recovering are each told once, to the account they happened to', async (t) => {
  const to = await withMail(t)
  const { email, bearer, id, recoveryCodes } = await enrolled(to)
  await to.send('POST', '/v1/me/recovery-codes', { bearer })
  const codes = await to.send('POST', '/v1/me/recovery-codes', { bearer })
  assert.equal(codes.status, 401, 'A session that has not shown the factor must not get codes.')
  await presentRecovery(to, await ticketOf(to, email), recoveryCodes[0] ?? '')
  nextStep(to.clock)
  const path = `/v1/accounts/${await accountOf(to, email)}/factors/${id}`
  const removed = await to.send('DELETE', path, { key: to.adminKey })
  assert.equal(removed.status, 204)

  assert.deepEqual(
    (await to.deliver()).map(({ kind }) => kind),
    ['sent', 'sent', 'sent'],
  )
  assert.deepEqual(await to.deliver(), [])

  assert.deepEqual(to.smtp.received.map(subjectOf).toSorted(), [
    'A recovery code was used at Countersign',
    'A second factor was added at Countersign',
    'A second factor was removed at Countersign',
  ])
  assert.ok(to.smtp.received.every((one) => one.to.join() === email))
})

async function accountOf({ send, adminKey }: Inside, email: string): Promise<string> {
  const { json } = await send('GET', `/v1/accounts?email=${email}`, { key: adminKey })
  assert.ok(Array.isArray(json.items))
  return given.at(json.items[0], 'id')
}

test('what is refused is told nobody', async (t) => {
  const to = await withMail(t)
  const { email } = await given.person(to)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', email)
  const offered = await to.send('POST', '/v1/me/factors/totp', { bearer })
  const path = `/v1/me/factors/${given.at(offered.json, 'factor', 'id')}`

  await to.send('POST', `${path}/confirm`, { bearer, body: { code: '000000' } })
  await to.send('DELETE', path, { bearer })
  await to.send('POST', '/v1/me/recovery-codes', { bearer })

  assert.deepEqual(await to.deliver(), [])
})

test('the message is in the language of the browser, else in that of the settings', async (t) => {
  const to = await withMail(t, { COUNTERSIGN_MAIL_LANGUAGE: 'de' })
  await enrolled(to, { 'accept-language': 'en-US,en;q=0.9' })
  await to.deliver()
  await enrolled(to, { 'accept-language': 'fr' })
  await to.deliver()

  const subjects = to.smtp.received.map(subjectOf)
  assert.match(subjects[0] ?? '', /^A second factor/)
  assert.match(subjects[1] ?? '', /Zweiter_Faktor|Zweiter Faktor/)
})

test('neither the recipient nor the words of a message can be read in the files', async (t) => {
  const to = await withMail(t)
  const { device } = { device: 'Firefox on Linux' }
  await enrolled(to, {
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  })
  await to.services.core.store.ping()
  const { dataFolder } = to.services.config

  const names = (await readdir(dataFolder)).filter((name) => name.includes('.db'))
  const bytes = Buffer.concat(await Promise.all(names.map((name) => readFile(join(dataFolder, name)))))
  assert.ok(bytes.includes('factor_added'))
  assert.ok(!bytes.includes('"content"') && !bytes.includes('"locale"'))
  await to.deliver()
  assert.ok(to.smtp.received.some(({ data }) => data.includes(device)))
})

test('a crash between sending and writing it down sends the message again, under the same Message-ID', async (t) => {
  const to = await withMail(t)
  await enrolled(to)
  const { core, mailer } = to.services
  assert.ok(mailer)
  const crashing = { ...core, store: { ...core.store, claimMails: core.store.claimMails, settleMail: crash } }
  await assert.rejects(deliverMails(crashing, mailer, systemFacts(to.clock.nowMs())), /crashed/)
  assert.deepEqual(await to.deliver(), [])

  to.clock.advance(MAIL_LEASE_MS / 1000)
  assert.deepEqual(await to.deliver(), [{ kind: 'sent' }])

  const ids = to.smtp.received.map(({ data }) => /^Message-ID: (.*)$/m.exec(data)?.[1])
  assert.equal(ids.length, 2)
  assert.match(ids[0] ?? '', /^<mai_[0-9a-z]{26}@localhost>/)
  assert.equal(ids[0], ids[1])
})

const crash = (): Promise<never> => Promise.reject(new Error('The node has crashed.'))

test('a message whose server hung up in the middle waits its turn, and its attempts are further and further apart', async (t) => {
  const to = await withMail(t)
  await enrolled(to)
  to.smtp.behave({ hangsUpAt: 'MESSAGE' })
  const waits: number[] = []
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const [settlement] = await to.deliver()
    assert.ok(settlement?.kind === 'later')
    const waitMs = settlement.atMs - to.clock.nowMs()
    waits.push(waitMs)
    to.clock.advance((waitMs - 1) / 1000)
    assert.deepEqual(await to.deliver(), [])
    to.clock.advance(0.001)
  }
  waits.forEach((waitMs, index) => {
    const longest = 30_000 * 2 ** index
    assert.ok(waitMs <= longest && waitMs >= longest / 2, `${waits}`)
  })

  to.smtp.behave({})
  assert.deepEqual(await to.deliver(), [{ kind: 'sent' }])
})

test('550 is for good: no second attempt, and an event that names no address', async (t) => {
  const to = await withMail(t)
  const { email } = await enrolled(to)
  to.smtp.behave({ answers: { RCPT: `550 5.1.1 <${email}> unknown` } })

  const [settlement] = await to.deliver()

  assert.equal(settlement?.kind, 'failed')
  to.clock.advance(MAIL_SECONDS)
  assert.deepEqual(await to.deliver(), [])
  const [event] = await auditOf(to, 'mail.failed')
  const text = JSON.stringify(event)
  assert.match(text, /"details":\{"mail":"factor_added","reason":"smtp_550","attempts":1\}/)
  assert.ok(!text.includes(email) && !to.lines.join().includes(email))
})

test('after a day it is given up, and an event says so', async (t) => {
  const to = await withMail(t)
  await enrolled(to)
  to.smtp.behave({ answers: { GREETING: '421 4.3.2 later' } })
  let last: Settlement | undefined
  for (let attempts = 0; attempts < 60 && last?.kind !== 'failed'; attempts += 1) {
    ;[last] = await to.deliver()
    if (last?.kind === 'later') to.clock.advance((last.atMs - to.clock.nowMs()) / 1000)
  }

  assert.equal(last?.kind, 'failed')
  assert.equal((await auditOf(to, 'mail.failed')).length, 1)
})

test('after an outage of more than a day an old message is not sent at all', async (t) => {
  const to = await withMail(t)
  await enrolled(to)
  to.clock.advance(MAIL_SECONDS)

  const [settlement] = await to.deliver()

  assert.ok(settlement?.kind === 'failed' && settlement.reason === 'expired')
  assert.deepEqual(to.smtp.received, [])
})

test('a message of a kind that only a newer node knows is left to that node', async (t) => {
  const to = await withMail(t)
  await enrolled(to)
  const { core, mailer } = to.services
  assert.ok(mailer)
  const body = { to: 'ada@example.com', locale: 'en', content: { kind: 'from_the_future' } }
  const older = { ...core, secrets: { ...core.secrets, open: () => JSON.stringify(body) } }

  const [settlement] = await deliverMails(older, mailer, systemFacts(to.clock.nowMs()))

  assert.ok(settlement?.kind === 'later' && settlement.reason === 'unknown_kind')
  to.clock.advance(60)
  assert.deepEqual(await to.deliver(), [{ kind: 'sent' }])
})

test('the running server sends by itself, and counts', async (t) => {
  const smtp = await openSmtpServer(t)
  const running = await given.authority(t, {
    ...given.UNLIMITED,
    COUNTERSIGN_SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
    COUNTERSIGN_MAIL_FROM: 'auth@example.com',
    COUNTERSIGN_EMAIL_VERIFICATION: 'off',
  })
  const { session_token: bearer = '' } = await given.signedIn(running, 'session_token')
  await enrolTotp(running, bearer)
  let metrics = ''
  while (!metrics.includes('countersign_mail_attempts_total{outcome="sent"} 1')) {
    // Its chores run by the machine's clock; the test's own limit ends a wait that never ends.
    await wait(20)
    metrics = (await running.send('GET', '/metrics')).text
  }

  assert.equal(smtp.received.length, 1)
})

test('where no mail is sent none is written', async (t) => {
  const to = await inside(t, { ...given.UNLIMITED, COUNTERSIGN_ISSUER: 'https://auth.example.com' })
  assert.equal(to.services.mailer, null)
  const base = 'https://auth.example.com'
  const send: Inside['send'] = (method, path, options) => to.send(method, path, { ...options, base })
  const { session_token: bearer = '' } = await given.signedIn({ send }, 'session_token')
  await enrolTotp({ send, clock: to.clock }, bearer)

  const claimed = await to.services.core.store.claimMails({
    nowMs: to.clock.nowMs(),
    leasedUntilMs: to.clock.nowMs() + 1,
    limit: 9,
  })
  assert.deepEqual(claimed, [])
})
