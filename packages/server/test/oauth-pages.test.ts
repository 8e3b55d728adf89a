/** The pages between an app and its user: second factors, ids, policies, and words of others that stay words. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { codeOf, nextStep, personWithTotp, wrongCodeOf } from './authenticator.ts'
import * as given from './given.ts'
import { browserOf, hiddenOf, type PageBrowser } from './page-browser.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { adminKey, clock, send } = shared.given
const REDIRECT = 'https://app.example.com/callback'

const browser = (): PageBrowser => browserOf(send)

let counted = 0
async function register(more: object = {}): Promise<string> {
  counted += 1
  const id = `app-${counted}`
  const body = {
    id,
    name: 'An app',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    redirect_uris: [REDIRECT],
    scopes: ['openid', 'email', '*'],
    ...more,
  }
  const made = await send('POST', '/v1/clients', { key: adminKey, body })
  assert.equal(made.status, 201, made.text)
  return id
}

const toPath = (client_id: string, more: Record<string, string> = {}): string =>
  `/oauth/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri: REDIRECT,
    scope: 'openid',
    code_challenge: 'a'.repeat(43),
    code_challenge_method: 'S256',
    ...more,
  })}`

const byPassword = (email: string): Record<string, string> => ({
  identifier: email,
  password: given.PASSWORD,
})

test('a wrong code, one that was used, and a ticket that is over give no session', async () => {
  const person = await personWithTotp(shared.given)
  const { ask, submit, cookies } = browser()
  const page = await submit(await ask('GET', toPath(await register())), byPassword(person.email))
  assert.match(page.text, /id="login-code"[\s\S]*id="login-submit"/)
  const code = codeOf(person.seed, clock.nowMs())
  const other = browser()
  const used = await other.submit(await other.ask('GET', '/login'), byPassword(person.email))
  await other.submit(used, { code })

  const wrong = await submit(page, { code: wrongCodeOf(person.seed, clock.nowMs()) })
  const again = await submit(wrong, { code })

  for (const answer of [wrong, again]) {
    assert.equal(answer.status, 400)
    assert.match(answer.text, /id="login-error">The code is wrong, or was used before/)
  }
  for (let tries = 0; tries < 3; tries += 1) await submit(page, { code: '000000' })
  const over = await submit(page, { code })
  assert.match(over.text, /too long or too many tries[\s\S]*id="login-password"/)
  assert.ok(!cookies.has('__Host-countersign_session'))
})

test('a second factor by the app’s code, or by a recovery code, leads on to the question', async () => {
  const person = await personWithTotp(shared.given)
  const [recovery = ''] = person.recoveryCodes
  for (const toCode of [() => ` ${codeOf(person.seed, clock.nowMs())} `, () => recovery]) {
    const { ask, submit } = browser()
    const second = await submit(await ask('GET', toPath(await register())), byPassword(person.email))

    const page = await submit(second, { code: toCode() })

    assert.match(page.text, /id="consent-allow"/, page.text)
    nextStep(clock)
  }
})

test('the second step is finished by the browser that began it', async () => {
  const person = await personWithTotp(shared.given)
  const [attacker, victim] = [browser(), browser()]
  const second = await attacker.submit(await attacker.ask('GET', '/login'), byPassword(person.email))
  await victim.ask('GET', '/login')

  const answer = await victim.ask('POST', '/login/factor', {
    ...hiddenOf(second),
    code: codeOf(person.seed, clock.nowMs()),
  })

  assert.equal(answer.status, 403)
  assert.ok(!victim.cookies.has('__Host-countersign_session'))
})

test('acr_values asks somebody with a second factor for it, and nobody twice', async () => {
  const person = await personWithTotp(shared.given)
  const client = await register()
  const { ask, submit, cookies } = browser()
  cookies.set('__Host-countersign_session', person.bearer)
  const wanted = { acr_values: 'urn:countersign:acr:aal2' }

  const login = await ask('GET', toPath(client, wanted))
  assert.match(login.text, /id="login-password"/)
  const second = await submit(login, byPassword(person.email))
  const page = await submit(second, { code: codeOf(person.seed, clock.nowMs()) })
  const back = await submit(page, { decision: 'allow' })

  assert.match(back.headers.get('location') ?? '', /[?&]code=/)
  const silent = await ask('GET', toPath(client, { ...wanted, prompt: 'none' }))
  assert.match(silent.headers.get('location') ?? '', /[?&]code=/)
})

test('acr_values is a wish: somebody without a second factor goes on after one sign-in', async () => {
  const { email } = await given.person(shared.given)
  const { ask, submit } = browser()
  const wanted = { acr_values: 'urn:countersign:acr:aal2' }

  const page = await submit(await ask('GET', toPath(await register(), wanted)), byPassword(email))

  assert.match(page.text, /id="consent-allow"/)
})

test('words of an app stay words, and its links are those that it registered', async () => {
  const { email } = await given.person(shared.given)
  const client = await register({
    name: '<b>An app</b> & "more"',
    logo_uri: 'https://cdn.example.com/logo.png?a=1&b="',
    policy_uri: 'https://app.example.com/policy',
    tos_uri: 'https://app.example.com/terms',
  })
  const { ask, submit } = browser()
  const login = await ask('GET', toPath(client))

  const page = await submit(login, byPassword(email))

  for (const { text } of [login, page]) {
    assert.match(text, /id="client-name">&lt;b&gt;An app&lt;\/b&gt; &amp; &quot;more&quot;</)
    assert.doesNotMatch(text, /<b>|<style|\sstyle=|\son[a-z]+=/)
  }
  assert.match(page.text, /id="client-logo" src="https:\/\/cdn\.example\.com\/logo\.png\?a=1&amp;b=&quot;"/)
  assert.match(page.text, /id="client-policy" href="https:\/\/app\.example\.com\/policy" rel="noreferrer"/)
  assert.match(page.text, /id="client-tos" href="https:\/\/app\.example\.com\/terms" rel="noreferrer"/)
  assert.match(page.text, new RegExp(email))
})

test('a page is framed by nobody, and a form of it leads to us and to the app, and nowhere else', async () => {
  const { email } = await given.person(shared.given)
  const { ask, submit } = browser()
  const client = await register({ logo_uri: 'https://cdn.example.com/logo.png' })
  const login = await ask('GET', toPath(client))
  const consent = await submit(login, byPassword(email))

  for (const { headers } of [login, consent]) {
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(policy, /form-action 'self' https:\/\/app\.example\.com;/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.match(policy, /script-src 'self';/)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('referrer-policy'), 'same-origin')
  }
  assert.match(
    consent.headers.get('content-security-policy') ?? '',
    /img-src 'self' https:\/\/cdn\.example\.com;/,
  )
  assert.doesNotMatch(login.headers.get('content-security-policy') ?? '', /cdn/)
})

test('the fields are named for password managers, and have the ids that automation knows', async () => {
  const { ask } = browser()

  const { text } = await ask('GET', toPath(await register()))

  assert.match(text, /<h1 id="page-title">/)
  assert.match(
    text,
    /<input id="login-identifier" name="identifier" type="email"[^>]* autocomplete="username webauthn"/,
  )
  assert.match(
    text,
    /<input id="login-password" name="password" type="password" autocomplete="current-password"/,
  )
  assert.match(text, /<button id="login-submit" type="submit">/)
})

test('RFC 9700 §4.12: after a password comes a 303, and the new session is in a cookie alone', async () => {
  const { email } = await given.person(shared.given)
  const { ask, cookies } = browser()
  const page = await ask('GET', '/login')
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')

  const answer = await send('POST', '/login', { cookie, form: { ...hiddenOf(page), ...byPassword(email) } })

  assert.equal(answer.status, 303)
  assert.equal(answer.headers.get('location'), '/')
  const [line = ''] = answer.headers.getSetCookie()
  assert.match(
    line,
    /^__Host-countersign_session=cs_seslive_[^;]+; Path=\/; Max-Age=\d+; Secure; HttpOnly; SameSite=Lax$/,
  )
  assert.equal(answer.text, '')
})

test('an account that has to enrol a factor first is shown how, and is given nothing before', async (t) => {
  const strict = await given.authority(t, { ...given.UNLIMITED, COUNTERSIGN_MFA: 'required' })
  const email = 'somebody@example.com'
  await strict.send('POST', '/v1/sign-up', { body: { email, password: given.PASSWORD } })
  const page = await strict.send('GET', '/login')
  const cookie = (page.headers.getSetCookie()[0] ?? '').split(';')[0] ?? ''

  const answer = await strict.send('POST', '/login', {
    cookie,
    form: { ...hiddenOf(page), ...byPassword(email) },
  })

  assert.equal(answer.status, 200)
  assert.match(answer.text, /id="enrol-form"/)
  assert.deepEqual(answer.headers.getSetCookie(), [])
})

test('wrong passwords against one account are counted here as well', async (t) => {
  const limited = await given.authority(t, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off' })
  const page = await limited.send('GET', '/login')
  const cookie = (page.headers.getSetCookie()[0] ?? '').split(';')[0] ?? ''
  const form = { ...hiddenOf(page), identifier: 'ada@example.com', password: 'not the password' }
  const statuses = new Set<number>()

  for (let tries = 0; tries < 25; tries += 1) {
    statuses.add((await limited.send('POST', '/login', { cookie, form })).status)
  }

  assert.deepEqual([...statuses], [400, 429])
})
