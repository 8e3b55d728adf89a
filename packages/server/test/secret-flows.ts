/** Plays what people and programs do, remembers each secret that was involved, and every byte that came of it. */
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { offerSetup } from '@countersign/core'
import { createLogger } from '../src/adapters/logger.ts'
import { compose } from '../src/compose.ts'
import { createApp } from '../src/http/app.ts'
import { toFetch } from '../src/http/from-request.ts'
import { routes } from '../src/routes/table.ts'
import { codeOf, codesOf, nextStep } from './authenticator.ts'
import { createTestClock, type TestClock } from './clock.ts'
import { type Answer, at, configOf, type SendOptions, send } from './given.ts'
import { mailTo } from './mail/read-mail.ts'
import { creationOptionsOf, requestOptionsOf } from './passkeys.ts'
import { makePasskey, usePasskey } from './soft-authenticator.ts'

export interface Played {
  /** What it is called → its value: all that nobody but its holder may ever read. */
  readonly secrets: ReadonlyMap<string, string>
  readonly answers: readonly Answer[]
  readonly lines: readonly string[]
  readonly accountId: string
  /** Everything in the data folder but the root secrets, while the authority runs and after it was closed. */
  readonly files: ReadonlyMap<string, Buffer>
}

type Send = (method: string, path: string, options?: SendOptions) => Promise<Answer>
type Keep = (name: string, value: string) => string

const EMAIL = 'canary.person@example.com'
const EXCHANGE = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token_type: 'urn:countersign:params:oauth:token-type:api-key',
}

export async function play(t: TestContext): Promise<Played> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-secrets-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const config = configOf(folder)
  const clock = createTestClock()
  const lines: string[] = []
  const composed = await compose(config, clock)
  const services = {
    ...composed.services,
    logger: createLogger({ level: 'debug', clock, write: (line) => void lines.push(line) }),
  }
  const app = createApp(services, routes)
  const answers: Answer[] = []
  const ask: Send = async (method, path, options) => {
    const fetch = toFetch(app)
    const answer = await send({ fetch }, method, path, options)
    answers.push(answer)
    return answer
  }
  const secrets = new Map<string, string>()
  const keep: Keep = (name, value) => {
    assert.ok(value.length > 12 && !secrets.has(name), `${name} is no secret.`)
    secrets.set(name, value)
    return value
  }
  const ticket = await offerSetup(services.core, clock.nowMs())
  const admin = await setUp(ask, keep, keep('setup ticket', ticket?.reveal() ?? ''))
  await people(ask, keep)
  await links(ask, keep, (email) => mailTo(composed, email))
  await factors(ask, keep, clock)
  await passkeys(ask, keep)
  await programs(ask, keep, admin.bearer)
  await mistakes(ask, keep, admin.bearer)
  await reads(ask, admin.bearer)
  await services.usage.flush()
  const running = await readAll(folder, 'running')
  await composed.close()
  const files = new Map([...running, ...(await readAll(folder, 'closed'))])
  return { secrets, answers, lines, accountId: admin.id, files }
}

async function setUp(ask: Send, keep: Keep, ticket: string): Promise<{ id: string; bearer: string }> {
  const password = keep('administrator password', 'canary marmots nineteen')
  const made = await ask('POST', '/v1/setup', { body: { email: 'admin@example.com', password, ticket } })
  assert.equal(made.status, 201, made.text)
  const body = { email: 'admin@example.com', password, deliver: 'session_token' }
  const signedIn = await ask('POST', '/v1/sign-in', { body })
  const again = await ask('POST', '/v1/setup', { body: { email: 'b@example.com', password, ticket } })
  assert.equal(again.status, 403)
  const bearer = keep('administrator session', at(signedIn.json, 'session_token'))
  return { id: at(made.json, 'account', 'id'), bearer }
}

/** Signing up, in with every delivery, refreshing twice, and out. */
async function people(ask: Send, keep: Keep): Promise<void> {
  const password = keep('password', 'canary otters seventeen')
  await ask('POST', '/v1/passwords/check', { body: { email: EMAIL, password, name: 'Canary' } })
  await ask('POST', '/v1/sign-up', { body: { email: EMAIL, password, name: 'Canary' } })
  const sign = (more: object): Promise<Answer> =>
    ask('POST', '/v1/sign-in', { body: { email: EMAIL, password, ...more } })
  const byCookie = await sign({ deliver: 'cookie' })
  const cookie = keep('session cookie', cookieOf(byCookie))
  keep('device cookie', cookieOf(byCookie, 1))
  const csrf = keep('CSRF token', at(byCookie.json, 'csrf_token'))
  const asBrowser = { cookie: `__Host-countersign_session=${cookie}`, headers: { 'x-csrf-token': csrf } }
  assert.equal((await ask('GET', '/v1/me', asBrowser)).status, 200)
  const byJwt = await sign({ deliver: 'jwt' })
  const access = keep('access token', at(byJwt.json, 'access_token'))
  let refresh_token = keep('refresh token', at(byJwt.json, 'refresh_token'))
  for (const round of [2, 3]) {
    const form = { grant_type: 'refresh_token', client_id: 'first-party', refresh_token }
    const refreshed = await ask('POST', '/oauth/token', { form })
    keep(`access token ${round}`, at(refreshed.json, 'access_token'))
    refresh_token = keep(`refresh token ${round}`, at(refreshed.json, 'refresh_token'))
  }
  const asCookie = await sign({ deliver: 'jwt', refresh: 'cookie' })
  keep('access token beside a cookie', at(asCookie.json, 'access_token'))
  const refresh = keep('refresh cookie', cookieOf(asCookie))
  keep('device cookie 2', cookieOf(asCookie, 1))
  const refreshed = await ask('POST', '/oauth/token', {
    form: { grant_type: 'refresh_token', client_id: 'first-party' },
    cookie: `__Secure-countersign_refresh=${refresh}`,
    headers: { origin: 'http://localhost:4000' },
  })
  keep('refresh cookie 2', cookieOf(refreshed))
  await ask('GET', '/v1/me', { bearer: access })
  await ask('GET', '/v1/me/sessions', asBrowser)
  await ask('POST', '/oauth/revoke', { form: { token: refresh_token } })
  assert.equal((await ask('POST', '/v1/sign-out', asBrowser)).status, 204)
  await changePassword(ask, keep, password)
}

/** With a wrong current password first. */
async function changePassword(ask: Send, keep: Keep, password: string): Promise<void> {
  const signedIn = await ask('POST', '/v1/sign-in', {
    body: { email: EMAIL, password, deliver: 'session_token' },
  })
  const bearer = keep('session before the change', at(signedIn.json, 'session_token'))
  const current_password = keep('wrong current password', 'canary ferrets twenty')
  const new_password = keep('new password', 'canary polecats sixteen')
  const change = (body: object): Promise<Answer> => ask('POST', '/v1/me/password', { bearer, body })
  assert.equal((await change({ current_password, new_password })).status, 403)
  const changed = await change({ current_password: password, new_password })
  keep('session after the change', at(changed.json, 'session_token'))
}

/** A password by a link, another address by a link, and both taken back by the link that tells of it. */
async function links(ask: Send, keep: Keep, mailTo: (email: string) => Promise<Mailbox>): Promise<void> {
  const [email, other] = ['links.person@example.com', 'other.links.person@example.com']
  const ticketOf = async (to: string): Promise<string> => {
    const found = (await mailTo(to)).map(({ text }) => /#(\w{43})\s/.exec(text)?.[1])
    return found.findLast((ticket) => ticket !== undefined) ?? ''
  }
  await ask('POST', '/v1/sign-up', {
    body: { email, password: keep('forgotten password', 'canary martens twelve') },
  })
  await ask('POST', '/v1/password-reset', { body: { email } })
  const ticket = keep('reset ticket', await ticketOf(email))
  const password = keep('password by a link', 'canary wolverines ten')
  const reset = await ask('POST', '/v1/password-reset/complete', { body: { ticket, password } })
  assert.equal(reset.status, 204, reset.text)
  const signedIn = await ask('POST', '/v1/sign-in', { body: { email, password, deliver: 'session_token' } })
  const bearer = keep('session before another address', at(signedIn.json, 'session_token'))
  await ask('POST', '/v1/me/email', { bearer, body: { email: other } })
  const moving = keep('ticket for another address', await ticketOf(other))
  const wrong = { ticket: moving, password: keep('wrong password for another address', 'canary civets nine') }
  assert.equal((await ask('POST', '/v1/email-change/confirm', { body: wrong })).status, 401)
  const moved = await ask('POST', '/v1/email-change/confirm', { body: { ticket: moving, password } })
  assert.equal(moved.status, 204, moved.text)
  const told = (await mailTo(email)).find(({ subject }) => /address .* was changed/.test(subject))
  const undo = keep('ticket of “not me”', /\/not-me\?ticket=(\w{43})\s/.exec(told?.text ?? '')?.[1] ?? '')
  assert.equal((await ask('GET', `/not-me?ticket=${undo}`)).status, 200)
  for (const status of [200, 400]) {
    assert.equal((await ask('POST', '/not-me', { form: { ticket: undo } })).status, status)
  }
  keep('ticket after “not me”', await ticketOf(email))
}

type Mailbox = Awaited<ReturnType<typeof mailTo>>

/** Enrolling a factor, signing in with it and with a recovery code, and stepping up. */
async function factors(ask: Send, keep: Keep, clock: TestClock): Promise<void> {
  const password = keep('password of a person with a factor', 'canary weasels thirteen')
  const credentials = { email: 'factor.person@example.com', password }
  await ask('POST', '/v1/sign-up', { body: credentials })
  const body = { ...credentials, deliver: 'session_token' }
  const first = await ask('POST', '/v1/sign-in', { body })
  const bearer = keep('session without a factor', at(first.json, 'session_token'))
  const offered = await ask('POST', '/v1/me/factors/totp', { bearer })
  // It stands in the URI of the same answer as well, and nowhere else.
  const seed = keep('TOTP seed', at(offered.json, 'secret'))
  const path = `/v1/me/factors/${at(offered.json, 'factor', 'id')}/confirm`
  const confirmed = await ask('POST', path, { bearer, body: { code: codeOf(seed, clock.nowMs()) } })
  const [code = '', ...others] = codesOf(confirmed)
  keep('recovery code', code)
  for (const [index, other] of others.entries()) keep(`unused recovery code ${index}`, other)
  for (const [factor, proof] of [
    ['totp', () => codeOf(seed, clock.nowMs())],
    ['recovery_code', () => code],
  ] as const) {
    nextStep(clock)
    const required = await ask('POST', '/v1/sign-in', { body })
    const ticket = keep(`ticket for ${factor}`, at(required.json, 'ticket'))
    await ask('POST', '/v1/sign-in/factor', { body: { ticket, factor, code: 'canary12345678' } })
    const done = await ask('POST', '/v1/sign-in/factor', { body: { ticket, factor, code: proof() } })
    keep(`session by ${factor}`, at(done.json, 'session_token'))
    await ask('POST', '/v1/sign-in/factor', { body: { ticket, factor, code: proof() } })
  }
  nextStep(clock)
  const begun = await ask('POST', '/v1/me/step-up', { bearer })
  const ticket = keep('ticket for stepping up', at(begun.json, 'ticket'))
  const stepped = await ask('POST', '/v1/me/step-up/factor', {
    bearer,
    body: { ticket, factor: 'totp', code: codeOf(seed, clock.nowMs()) },
  })
  const strong = keep('session that was stepped up', at(stepped.json, 'session_token'))
  const made = await ask('POST', '/v1/me/recovery-codes', { bearer: strong })
  for (const [index, other] of codesOf(made).entries()) keep(`later recovery code ${index}`, other)
  assert.equal((await ask('GET', '/v1/me/factors', { bearer: strong })).status, 200)
}

/** Adding a passkey and signing in with it. Challenges are shown to whoever asks, and kept as digests. */
async function passkeys(ask: Send, keep: Keep): Promise<void> {
  const credentials = {
    email: 'passkey.person@example.com',
    password: keep('password beside a passkey', 'canary stoats twentyone'),
  }
  await ask('POST', '/v1/sign-up', { body: credentials })
  const first = await ask('POST', '/v1/sign-in', { body: { ...credentials, deliver: 'session_token' } })
  const bearer = keep('session without a passkey', at(first.json, 'session_token'))
  const offered = await ask('POST', '/v1/me/passkeys/options', { bearer })
  const { key, credential } = makePasskey(creationOptionsOf(offered))
  const body = { credential, name: 'a key' }
  const added = await ask('POST', '/v1/me/passkeys', { bearer, body })
  for (const [index, code] of codesOf(added).entries()) keep(`recovery code beside a passkey ${index}`, code)
  for (const round of [1, 2]) {
    const asked = await ask('POST', '/v1/sign-in/passkey/options')
    const assertion = usePasskey(key, requestOptionsOf(asked))
    const signIn = { body: { credential: assertion, deliver: 'session_token' } }
    const done = await ask('POST', '/v1/sign-in/passkey', signIn)
    keep(`session by passkey ${round}`, at(done.json, 'session_token'))
    await ask('POST', '/v1/sign-in/passkey', signIn)
  }
}

const cookieOf = ({ headers }: Answer, index = 0): string =>
  /^[^=]+=([^;]+)/.exec(headers.getSetCookie()[index] ?? '')?.[1] ?? ''

/** A key that is made, read, rotated, exchanged, asked about, and ended with itself. */
async function programs(ask: Send, keep: Keep, bearer: string): Promise<void> {
  const body = { name: 'canary', permissions: ['credentials:verify'] }
  const made = await ask('POST', '/v1/api-keys', { bearer, body })
  const first = keep('API key', at(made.json, 'secret'))
  const path = `/v1/api-keys/${at(made.json, 'api_key', 'id')}`
  const rotated = await ask('POST', `${path}/rotate`, { bearer, body: { overlap_seconds: 600 } })
  const key = keep('rotated API key', at(rotated.json, 'secret'))
  await ask('GET', path, { key })
  await ask('PATCH', path, { bearer, body: { name: 'canary two' } })
  await ask('GET', '/v1/api-keys', { bearer })
  const exchanged = await ask('POST', '/oauth/token', { form: { ...EXCHANGE, subject_token: key } })
  const token = keep('exchanged token', at(exchanged.json, 'access_token'))
  for (const credential of [first, key, token, bearer]) {
    await ask('POST', '/v1/verify', { key, body: { credential } })
    await ask('POST', '/oauth/introspect', { key, form: { token: credential } })
  }
  const target = { kind: 'credential', credential: key }
  const reason = 'It was found in a repository.'
  assert.equal((await ask('POST', '/v1/revocations', { bearer, body: { target, reason } })).status, 200)
}

/** Secrets in the wrong places: fields, headers, paths, queries, and bodies that are none. */
async function mistakes(ask: Send, keep: Keep, bearer: string): Promise<void> {
  const wrong = keep('wrong password', 'canary badgers eleven')
  const stray = keep('stray key', `cs_keylive_${'0'.repeat(26)}_${'Canary'.repeat(8)}x`)
  for (const body of [
    { email: EMAIL, password: wrong },
    { email: wrong, password: wrong },
    { email: `${EMAIL}x`, password: [wrong] },
    { email: EMAIL, password: wrong, [wrong]: wrong },
    { email: EMAIL, password: wrong, deliver: wrong },
  ]) {
    await ask('POST', '/v1/sign-in', { body })
    await ask('POST', '/v1/sign-up', { body: { ...body, email: EMAIL } })
  }
  const raw = `{"email": "${EMAIL}", "password": "${wrong}`
  await ask('POST', '/v1/sign-in', { raw, headers: { 'content-type': 'application/json' } })
  for (const secret of [stray, bearer]) {
    await ask('GET', `/v1/me?access_token=${secret}`)
    await ask('GET', `/v1/me?token=${secret}`, { bearer })
    await ask('GET', `/v1/api-keys/${secret}`, { bearer })
    await ask('GET', `/v1/accounts?email=${secret}`, { bearer })
    await ask('GET', `/${secret}`)
    await ask('GET', '/v1/me', { headers: { authorization: secret } })
    await ask('GET', '/v1/me', { headers: { 'x-api-key': secret, authorization: `Basic ${secret}` } })
    const form = { grant_type: 'refresh_token', client_id: 'first-party', refresh_token: secret }
    await ask('POST', '/oauth/token', { form })
    await ask('POST', '/oauth/token', { form: { ...form, client_id: secret, scope: secret } })
    await ask('POST', '/oauth/token', { form: { ...EXCHANGE, subject_token: secret, client_secret: secret } })
  }
}

async function reads(ask: Send, bearer: string): Promise<void> {
  const paths = ['/v1/audit?limit=200', '/v1/accounts', '/v1/me/sessions', '/v1/signing-keys', '/v1/roles']
  for (const path of paths) assert.equal((await ask('GET', path, { bearer })).status, 200, path)
  assert.equal((await ask('GET', '/metrics')).status, 200)
}

/** `secrets.json` is the one place where secrets are meant to lie. */
async function readAll(folder: string, when: string): Promise<Map<string, Buffer>> {
  const names = (await readdir(folder)).filter((name) => name !== 'secrets.json')
  const read = async (name: string): Promise<[string, Buffer]> => [
    `${name} (${when})`,
    await readFile(join(folder, name)),
  ]
  return new Map(await Promise.all(names.map(read)))
}
