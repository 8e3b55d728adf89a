/** What a policy asks for after the password, on the pages without a script: nobody has to begin again at the app. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { codeOf, nextStep, wrongCodeOf } from './authenticator.ts'
import * as given from './given.ts'
import { browserOf, hiddenOf, type PageBrowser } from './page-browser.ts'
import { creationOptionsOf, personWithPasskey, requestOptionsOf } from './passkeys.ts'
import { makePasskey, usePasskey } from './soft-authenticator.ts'

const shared = await given.openAuthority({ ...given.UNLIMITED, COUNTERSIGN_MFA_ROLES: 'guarded' })
after(shared.close)
const { adminKey, clock, send } = shared.given
const REDIRECT = 'https://app.example.com/callback'
const OWN = { origin: given.ISSUER, 'sec-fetch-site': 'same-origin' }
const NEW = 'violet gravel pushed the tram'

await send('POST', '/v1/roles', { key: adminKey, body: { id: 'guarded', permissions: [] } })
await send('POST', '/v1/clients', {
  key: adminKey,
  body: {
    id: 'app',
    name: 'An app',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    redirect_uris: [REDIRECT],
    scopes: ['openid'],
  },
})
const PATH = `/oauth/authorize?${new URLSearchParams({
  response_type: 'code',
  client_id: 'app',
  redirect_uri: REDIRECT,
  scope: 'openid',
  code_challenge: 'a'.repeat(43),
  code_challenge_method: 'S256',
})}`

let counted = 0
async function somebody(more: object = {}): Promise<{ email: string; id: string }> {
  counted += 1
  const email = `steps-${counted}@example.com`
  const body = { email, password: given.PASSWORD, require_password_change: false, ...more }
  const made = await send('POST', '/v1/accounts', { key: adminKey, body })
  assert.equal(made.status, 201, made.text)
  return { email, id: given.at(made.json, 'account', 'id') }
}

const guarded = (): Promise<{ email: string; id: string }> => somebody({ roles: ['guarded'] })

/** After the password, on the way to the app. */
async function afterPassword(email: string): Promise<{ browser: PageBrowser; page: given.Answer }> {
  const browser = browserOf(send, OWN)
  const login = await browser.ask('GET', PATH)
  const page = await browser.submit(login, { identifier: email, password: given.PASSWORD })
  assert.ok(!browser.cookies.has('__Host-countersign_session'))
  return { browser, page }
}

const keyOf = ({ text }: given.Answer): string =>
  (/id="enrol-key">([^<]+)</.exec(text)?.[1] ?? '').replaceAll(' ', '')

test('a first factor is enrolled on the way: the picture, the code, the recovery codes, and the question', async () => {
  const { email } = await guarded()
  const { browser, page } = await afterPassword(email)
  assert.match(page.text, /<svg/)
  const seed = keyOf(page)

  const wrong = await browser.submit(page, { code: wrongCodeOf(seed, clock.nowMs()) })
  assert.equal(wrong.status, 400)
  assert.match(wrong.text, /id="login-error">The code is wrong/)
  assert.equal(keyOf(wrong), seed, 'Whoever mistyped the seed can read it again.')
  assert.match(wrong.text, /<svg/)
  const codes = await browser.submit(wrong, { code: codeOf(seed, clock.nowMs()) })

  assert.equal((codes.text.match(/<li><code>/g) ?? []).length, 10)
  assert.equal(codes.headers.get('cache-control'), 'no-store')
  const next = /id="codes-kept" href="([^"]+)"/.exec(codes.text)?.[1] ?? ''
  assert.match((await browser.ask('GET', next)).text, /id="consent-allow"/)
  nextStep(clock)
  assert.match((await afterPassword(email)).page.text, /id="factor-form"/)
})

test('a ticket that has ended shows no seed again', async () => {
  const { browser, page } = await afterPassword((await guarded()).email)
  clock.advance(601)

  const late = await browser.submit(page, { code: '000000' })

  assert.equal(late.status, 400)
  assert.equal(keyOf(late), '')
  assert.match(late.text, /id="login-identifier"/)
})

test('a passkey is enrolled by what the script sends, and the recovery codes come with it', async () => {
  const { browser, page } = await afterPassword((await guarded()).email)
  const { ticket = '' } = hiddenOf(page)
  const asked = await send('POST', '/v1/sign-in/factors/passkey/options', { body: { ticket } })
  const { credential } = makePasskey(creationOptionsOf(asked))

  const broken = await browser.ask('POST', '/login/factor', { ...hiddenOf(page), step: '', credential: '{' })
  const codes = await browser.ask('POST', '/login/factor', {
    ...hiddenOf(page),
    step: '',
    credential: JSON.stringify(credential),
  })

  assert.equal(broken.status, 400)
  assert.match(codes.text, /id="recovery-codes"/)
  assert.ok(browser.cookies.has('__Host-countersign_session'))
})

test('another password is chosen on the way, and one that is refused leaves the page as it is', async () => {
  const { email } = await somebody({ require_password_change: true })
  const { browser, page } = await afterPassword(email)
  assert.match(page.text, /id="new-password-form"/)

  const short = await browser.submit(page, { password: 'short' })
  const same = await browser.submit(short, { password: given.PASSWORD })
  const done = await browser.submit(same, { password: NEW })

  for (const answer of [short, same]) {
    assert.equal(answer.status, 400)
    assert.match(answer.text, /id="login-error">[^<]+<[\s\S]*id="new-password-form"/)
  }
  assert.match(done.text, /id="consent-allow"/)
})

test('where both are asked for, one page follows the other', async () => {
  const { email } = await somebody({ roles: ['guarded'], require_password_change: true })
  const { browser, page } = await afterPassword(email)

  const enrol = await browser.submit(page, { password: NEW })
  const codes = await browser.submit(enrol, { code: codeOf(keyOf(enrol), clock.nowMs()) })

  assert.match(codes.text, /id="recovery-codes"/)
})

test('another browser, another page’s proof, and a ticket for something else go nowhere', async () => {
  const { page } = await afterPassword((await guarded()).email)
  const { page: changing } = await afterPassword((await somebody({ require_password_change: true })).email)
  const stranger = browserOf(send, OWN)
  await stranger.ask('GET', '/login')
  const code = codeOf(keyOf(page), clock.nowMs())

  const stolen = await stranger.ask('POST', '/login/factor', { ...hiddenOf(page), code })
  const changed = await stranger.ask('POST', '/login/password', { ...hiddenOf(changing), password: NEW })

  assert.deepEqual([stolen.status, changed.status], [403, 403])
  const mixed = await afterPassword((await guarded()).email)
  const skipped = await mixed.browser.ask('POST', '/login/password', {
    ...hiddenOf(mixed.page),
    password: NEW,
  })
  assert.equal(skipped.status, 403)
  for (const { cookies } of [stranger, mixed.browser]) {
    assert.ok(!cookies.has('__Host-countersign_session'))
  }
})

test('a passkey signs in on the page, and is refused without its cookie, twice, and for what no script has sent', async () => {
  const { key } = await personWithPasskey(shared.given, { synced: true })
  const browser = browserOf(send, OWN)
  const login = await browser.ask('GET', PATH)
  assert.match(login.text, /autocomplete="username webauthn"/)
  assert.match(login.text, /id="passkey-form"[^>]* hidden /)
  const options = requestOptionsOf(await browser.ask('POST', '/v1/sign-in/passkey/options'))
  const credential = JSON.stringify(usePasskey(key, options))
  const other = browserOf(send, OWN)
  const elsewhere = hiddenOf(await other.ask('GET', PATH))

  const refused = [
    await other.ask('POST', '/login/passkey', { ...elsewhere, credential }),
    await browser.ask('POST', '/login/passkey', { ...hiddenOf(login), credential: '[]' }),
    await browser.ask('POST', '/login/passkey', { ...hiddenOf(login), csrf: 'x', credential }),
  ]
  const page = await browser.ask('POST', '/login/passkey', { ...hiddenOf(login), credential })
  const again = await browser.ask('POST', '/login/passkey', { ...hiddenOf(login), credential })

  assert.deepEqual(
    refused.map(({ status }) => status),
    [400, 400, 403],
  )
  assert.ok(!other.cookies.has('__Host-countersign_session'))
  assert.match(page.text, /id="consent-allow"/)
  assert.equal(again.status, 400)
})

test('who has a passkey for a second factor is offered it on the page, before the recovery codes', async () => {
  const { key, email } = await personWithPasskey(shared.given)
  const { browser, page } = await afterPassword(email)
  assert.match(page.text, /id="passkey-form"[^>]* data-options="\/v1\/sign-in\/factor\/passkey\/options"/)
  assert.match(page.text, /id="passkey-submit" type="submit"[\s\S]*id="login-submit" class="quiet"/)
  const { ticket = '' } = hiddenOf(page)
  const asked = await send('POST', '/v1/sign-in/factor/passkey/options', { body: { ticket } })
  const credential = JSON.stringify(usePasskey(key, requestOptionsOf(asked)))

  const next = await browser.ask('POST', '/login/factor', { ...hiddenOf(page), credential })

  assert.match(next.text, /id="consent-allow"/)
})

test('nothing on these pages stands inline, and their script is a file of ours', async () => {
  const { page } = await afterPassword((await guarded()).email)
  const script = await send('GET', '/assets/passkey.js')

  assert.doesNotMatch(page.text, /<script(?![^>]* src="\/assets\/)| style=| on[a-z]+="/)
  assert.match(script.headers.get('content-type') ?? '', /^text\/javascript/)
  new Function(script.text)
})
