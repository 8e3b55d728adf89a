/** Signing in with an account elsewhere: whose account it opens, and what else is asked for. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { codeOf, enrolTotp, nextStep } from '../authenticator.ts'
import * as given from '../given.ts'
import { browserOf, type PageBrowser } from '../page-browser.ts'
import { bearerOf, linkOf, meIn, openFederation, sessionOf, signInBy, whoIn } from './given.ts'

const federation = await openFederation()
after(federation.close)
const { provider, send, adminKey, clock } = federation
let people = 0

beforeEach(() => {
  people += 1
  provider.lies = {}
  provider.tellsInToken = true
  provider.person = {
    sub: `person-${people}`,
    email: `anna-${people}@example.com`,
    emailVerified: true,
    name: 'Anna',
  }
})

const alertOf = ({ text }: given.Answer): string => /id="login-error">([^<]*)/.exec(text)?.[1] ?? ''
const accountOf = (id: string) => send('GET', `/v1/accounts/${id}`, { key: adminKey })

async function eventsOf(account: string): Promise<readonly Record<string, unknown>[]> {
  const query = new URLSearchParams({ target: account, limit: '20' })
  const { json } = await send('GET', `/v1/audit?${query}`, { key: adminKey })
  assert.ok(Array.isArray(json.items))
  return json.items
}

test('whoever comes for the first time has an account from then on, and comes back to it', async () => {
  const first = await signInBy(federation)
  const account = await whoIn(federation, first.browser)
  const again = await signInBy(federation)

  assert.equal(await whoIn(federation, again.browser), account)
  assert.notEqual(sessionOf(first.browser), sessionOf(again.browser))
  const { json } = await accountOf(account)
  assert.equal(given.at(json, 'account', 'email'), `anna-${people}@example.com`)
  assert.equal(given.at(json, 'account', 'name'), 'Anna')
  const types = (await eventsOf(account)).map(({ type }) => type)
  assert.ok(types.includes('account.created'), String(types))
})

test('it is one factor, and the session says so', async () => {
  const { browser } = await signInBy(federation)
  const { text } = await meIn(federation, browser)

  assert.match(text, /"amr":\["fed"\]/)
  assert.match(text, /"acr":"[^"]*aal1"/)
})

test('an address opens no account that is there: its owner signs in to it and connects the provider', async () => {
  const { email } = await given.person(federation)
  provider.person = { ...provider.person, email: email.toUpperCase() }
  const { browser, answer } = await signInBy(federation)

  assert.match(alertOf(answer), /There is an account with your address here already/)
  assert.equal(sessionOf(browser), null)
})

test('another address at the provider, later, changes nothing: it is the subject that counts', async () => {
  const first = await signInBy(federation)
  const account = await whoIn(federation, first.browser)
  const { email } = await given.person(federation)
  provider.person = { ...provider.person, email }
  const moved = await signInBy(federation)

  assert.equal(await whoIn(federation, moved.browser), account)
  const { json } = await accountOf(account)
  assert.equal(given.at(json, 'account', 'email'), `anna-${people}@example.com`)
})

test('the same subject at another issuer is somebody else', async () => {
  provider.person = { ...provider.person, sub: `4711${people}` }
  const first = await signInBy(federation)
  provider.person = { ...provider.person, email: `other-${people}@example.com` }
  const other = await openFederation()
  try {
    other.provider.person = provider.person
    const elsewhere = await signInBy(other)
    assert.notEqual(await whoIn(other, elsewhere.browser), await whoIn(federation, first.browser))
  } finally {
    await other.close()
  }
})

test('whoever ends the account and comes back begins anew (ASVS 10.3.3)', async () => {
  const first = await signInBy(federation)
  const account = await whoIn(federation, first.browser)
  assert.equal((await send('DELETE', `/v1/accounts/${account}`, { key: adminKey })).status, 204)
  const again = await signInBy(federation)

  assert.notEqual(await whoIn(federation, again.browser), account)
})

test('a disabled account is not opened', async () => {
  const first = await signInBy(federation)
  const account = await whoIn(federation, first.browser)
  await send('PATCH', `/v1/accounts/${account}`, { key: adminKey, body: { disabled: true } })
  const { browser, answer } = await signInBy(federation)

  assert.match(alertOf(answer), /You cannot sign in here now/)
  assert.equal(sessionOf(browser), null)
  const refused = (await eventsOf(account)).find(({ type }) => type === 'sign_in.refused')
  assert.equal(JSON.stringify(refused).includes('provider:somewhere'), true)
})

test('a second factor is asked for after it, as after a password', async () => {
  const { browser } = await signInBy(federation)
  const { seed } = await enrolTotp(federation, bearerOf(browser))
  const again = await signInBy(federation)
  assert.equal(sessionOf(again.browser), null)
  assert.match(again.answer.text, /id="login-code"/)

  await again.browser.submit(again.answer, { code: codeOf(seed, clock.nowMs()) })
  nextStep(clock)

  assert.match((await meIn(federation, again.browser)).text, /"amr":\["fed","otp","mfa"\]/)
})

test('a proof that the provider says is old counts as old, and none counts as later than now', async () => {
  for (const [ageSeconds, expected] of [
    [7200, 7200],
    [-7200, 0],
  ] as const) {
    provider.lies = {
      claims: (claims) => Object.assign(claims, { auth_time: Number(claims.iat) - ageSeconds }),
    }
    const { browser } = await signInBy(federation)
    const { json } = await meIn(federation, browser)
    const provedMs = Date.parse(given.at(json, 'credential', 'auth_time'))
    // Told in whole seconds.
    assert.ok(Math.abs((clock.nowMs() - provedMs) / 1000 - expected) <= 1)

    const body = { provider: 'elsewhere' }
    const asked = await send('POST', '/v1/me/identities', { bearer: bearerOf(browser), body })
    assert.equal(asked.status, expected === 0 ? 201 : 401, asked.text)
  }
})

test('whoever is signed in already, or sent by an app that wants a proof, has to give one over there', async () => {
  const { browser } = await signInBy(federation)
  const wants = async (asking: PageBrowser, page: given.Answer, id?: string): Promise<URLSearchParams> => {
    const { headers } = await asking.ask('GET', linkOf(page, id))
    return new URL(headers.get('location') ?? '').searchParams
  }
  const fresh = browserOf(send)
  const plain = await wants(fresh, await fresh.ask('GET', '/sign-in'))
  assert.deepEqual([plain.get('prompt'), plain.get('max_age')], [null, null])

  const again = await wants(browser, await browser.ask('GET', '/sign-in'))
  assert.deepEqual([again.get('prompt'), again.get('max_age')], ['login', '0'])
  const forge = await wants(browser, await browser.ask('GET', '/sign-in'), 'forge')
  assert.equal(forge.get('prompt'), 'select_account')

  const app = await registerApp()
  for (const more of [{ prompt: 'login' }, { max_age: '60' }]) {
    const asked = await wants(fresh, await fresh.ask('GET', toApp(app, more)))
    assert.equal(asked.get('prompt'), 'login', JSON.stringify(more))
  }
})

test('of two answers for somebody new that come together, both open the one account', async () => {
  const browsers = [browserOf(send), browserOf(send), browserOf(send)]
  const answers = await Promise.all(browsers.map((browser) => signInBy(federation, 'somewhere', browser)))
  const accounts = await Promise.all(answers.map(({ browser }) => whoIn(federation, browser)))

  assert.equal(new Set(accounts).size, 1)
})

test('what UserInfo alone tells is read there', async () => {
  provider.tellsInToken = false
  const { browser } = await signInBy(federation)

  const { json } = await accountOf(await whoIn(federation, browser))
  assert.equal(given.at(json, 'account', 'email'), `anna-${people}@example.com`)
})

test('a service that speaks OAuth as GitHub does is asked who it is, and for the verified first address', async () => {
  const { browser } = await signInBy(federation, 'forge')
  const { json } = await accountOf(await whoIn(federation, browser))

  assert.equal(given.at(json, 'account', 'email'), `anna-${people}@example.com`)
  assert.ok(provider.asked.includes('GET /api/v3/user/emails'))
  const again = await signInBy(federation, 'forge')
  assert.equal(await whoIn(federation, again.browser), await whoIn(federation, browser))
})

test('markup in a name stays text', async () => {
  provider.person = { ...provider.person, name: '<img src=x onerror=alert(1)>' }
  const { browser } = await signInBy(federation)
  const page = await browser.ask('GET', '/')

  assert.equal(page.text.includes('<img src=x'), false)
})

const REDIRECT = 'https://app.example.com/callback'

async function registerApp(): Promise<string> {
  const client = {
    id: `app-${people}`,
    name: 'An app',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    redirect_uris: [REDIRECT],
    scopes: ['openid'],
  }
  assert.equal((await send('POST', '/v1/clients', { key: adminKey, body: client })).status, 201)
  return client.id
}

const toApp = (client_id: string, more: Record<string, string> = {}): string =>
  `/oauth/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri: REDIRECT,
    scope: 'openid',
    code_challenge: 'a'.repeat(43),
    code_challenge_method: 'S256',
    ...more,
  })}`

test('the app that somebody was on their way to is gone on to', async () => {
  const browser = browserOf(send)
  const login = await browser.ask('GET', toApp(await registerApp(), { state: 'of the app' }))
  const away = await browser.ask('GET', linkOf(login))
  const back = await fetch(away.headers.get('location') ?? '', { redirect: 'manual' })
  const consent = await browser.ask('GET', (back.headers.get('location') ?? '').slice(given.ISSUER.length))
  assert.match(consent.text, /id="consent-allow"/)
  const done = await browser.submit(consent, { decision: 'allow' })

  const location = new URL(done.headers.get('location') ?? '')
  assert.equal(location.origin, 'https://app.example.com')
  assert.equal(location.searchParams.get('state'), 'of the app')
  assert.ok(location.searchParams.has('code'))
})

test('the sign-up page leads there, too', async () => {
  const browser = browserOf(send)
  const page = await browser.ask('GET', '/sign-up')
  const away = await browser.ask('GET', linkOf(page))

  assert.ok(away.headers.get('location')?.startsWith(`${provider.issuer}/authorize?`))
})

test('no token, no secret of the client and no answer of the provider is kept', async () => {
  await signInBy(federation)
  const { folder } = federation
  const files = readdirSync(folder).filter((name) => name.startsWith('countersign.db'))
  const kept = files.map((name) => readFileSync(join(folder, name)).toString('latin1')).join('')

  assert.ok(kept.includes(`person-${people}`))
  for (const secret of [...provider.given, provider.clientSecret]) assert.equal(kept.includes(secret), false)
})

test('where nobody signs up by themselves, only those who are known come in', async () => {
  const closed = await openFederation({ COUNTERSIGN_SIGN_UP: 'closed' })
  try {
    const { browser, answer } = await signInBy(closed)
    assert.match(alertOf(answer), /opens no account here/)
    assert.equal(sessionOf(browser), null)
  } finally {
    await closed.close()
  }
})

test('where addresses are verified, one that the provider has not verified begins no account', async () => {
  const strict = await openFederation({
    COUNTERSIGN_EMAIL_VERIFICATION: 'required',
    COUNTERSIGN_SMTP_URL: 'smtps://user:pass@mail.example.com',
    COUNTERSIGN_MAIL_FROM: 'no-reply@example.com',
  })
  try {
    for (const emailVerified of [false, undefined]) {
      strict.provider.person = {
        sub: 'somebody',
        email: 'new@example.com',
        ...(emailVerified !== undefined && { emailVerified }),
      }
      const { browser, answer } = await signInBy(strict)
      assert.match(alertOf(answer), /does not say that it has verified your address/)
      assert.equal(sessionOf(browser), null)
    }
    strict.provider.person = { sub: 'somebody', email: 'new@example.com', emailVerified: true }
    assert.notEqual(sessionOf((await signInBy(strict)).browser), null)
  } finally {
    await strict.close()
  }
})

test('where everybody needs a second factor, one is made on the way', async () => {
  const strict = await openFederation({ COUNTERSIGN_MFA: 'required' })
  try {
    const { browser, answer } = await signInBy(strict)
    assert.match(answer.text, /id="enrol-form"/)
    assert.equal(sessionOf(browser), null)
  } finally {
    await strict.close()
  }
})

test('without a setting no page has a link, and no address leads anywhere', async () => {
  const plain = await given.openAuthority()
  try {
    const browser = browserOf(plain.given.send)
    const page = await browser.ask('GET', '/sign-in')
    assert.equal(page.text.includes('login-providers'), false)
  } finally {
    await plain.close()
  }
})
