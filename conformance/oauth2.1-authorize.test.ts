/** The authorization endpoint and the page to sign in on (OAuth 2.1 §3.1, §4.1.1; RFC 9207; OIDC Core §3.1.2). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Browser, hiddenOf, returned } from './browser.ts'
import { givenFlow, type Parameters, REDIRECT } from './code-flow.ts'
import { advanceSeconds } from './given.ts'

const { given, person, register, toPath, signedIn, codeFor, redeem } = await givenFlow()

const mistakes: readonly [string, Parameters, string][] = [
  ['no client', { client_id: undefined }, 'client_id'],
  ['an unknown client', { client_id: 'nobody' }, 'client_id'],
  ['a client id that is markup', { client_id: '<script>alert(1)</script>' }, 'client_id'],
  ['no redirect URI', { redirect_uri: undefined }, 'redirect_uri'],
  ['a foreign redirect URI', { redirect_uri: 'https://evil.example.com/' }, 'redirect_uri'],
  ['a redirect URI below the right one', { redirect_uri: `${REDIRECT}/more` }, 'redirect_uri'],
  ['a redirect URI with one more parameter', { redirect_uri: `${REDIRECT}?x=1` }, 'redirect_uri'],
  ['a redirect URI in capitals', { redirect_uri: REDIRECT.toUpperCase() }, 'redirect_uri'],
  [
    'a redirect URI with a user name',
    { redirect_uri: 'https://app.example.com@evil.example.com/callback' },
    'redirect_uri',
  ],
  ['a redirect URI up a folder', { redirect_uri: `${REDIRECT}/../../x` }, 'redirect_uri'],
  ['a redirect URI that is a script', { redirect_uri: 'javascript:alert(1)' }, 'redirect_uri'],
  ['a redirect URI over plain http', { redirect_uri: REDIRECT.replace('https', 'http') }, 'redirect_uri'],
]
for (const [what, more, parameter] of mistakes) {
  test(`§2.3.5: ${what} is shown on a page that names it, and nobody is sent anywhere`, async () => {
    for (const browser of [new Browser(given), await signedIn()]) {
      const answer = await browser.send('GET', toPath({ ...more, prompt: 'none' }))

      assert.equal(answer.status, 400)
      assert.equal(answer.headers.get('location'), null)
      assert.match(answer.text, new RegExp(`<p id="oauth-error" role="alert"><code>${parameter}</code>`))
      assert.doesNotMatch(answer.text, /evil|<script>alert/)
    }
  })
}

test('§3.1: a parameter that stands twice is refused on a page that names it', async () => {
  for (const name of ['client_id', 'redirect_uri', 'scope', 'code_challenge']) {
    const answer = await given.send('GET', `${toPath()}&${name}=x`)

    assert.equal(answer.status, 400)
    assert.match(answer.text, new RegExp(`<code>${name}</code>`))
  }
})

const refusals: readonly [string, Parameters, string][] = [
  ['§4.1.1: no response type', { response_type: undefined }, 'invalid_request'],
  ['RFC 9700 §2.1.2: the implicit grant', { response_type: 'token' }, 'unsupported_response_type'],
  ['RFC 9700 §2.1.2: a hybrid', { response_type: 'code id_token' }, 'unsupported_response_type'],
  ['§4.1.1: no code challenge', { code_challenge: undefined }, 'invalid_request'],
  [
    'RFC 7636 §4.3: a challenge without a method, which means plain',
    { code_challenge_method: undefined },
    'invalid_request',
  ],
  ['§7.5.1: the method plain', { code_challenge_method: 'plain' }, 'invalid_request'],
  ['RFC 7636 §4.2: a challenge that is no hash', { code_challenge: 'short' }, 'invalid_request'],
  ['§3.2.2.1: a scope beyond the client’s', { scope: 'openid accounts:write' }, 'invalid_scope'],
  ['§3.2.2.1: a scope that is none', { scope: 'openid "notes"' }, 'invalid_scope'],
  ['RFC 8707 §2: another’s resource', { resource: 'https://other.example.com' }, 'invalid_target'],
  ['a response mode that is none', { response_mode: 'fragment' }, 'invalid_request'],
  ['OIDC Core §3.1.2.1: a prompt that is none', { prompt: 'now' }, 'invalid_request'],
  ['OIDC Core §3.1.2.1: no prompt among others', { prompt: 'none login' }, 'invalid_request'],
  ['OIDC Core §3.1.2.1: an age that is no number', { max_age: '-1' }, 'invalid_request'],
  ['OIDC Core §6.1: a request object', { request: 'a.b.c' }, 'request_not_supported'],
  [
    'OIDC Core §6.2: a request URI',
    { request_uri: 'https://app.example.com/x' },
    'request_uri_not_supported',
  ],
  ['OIDC Core §3.1.2.6: nobody signed in, and nobody to be asked', { prompt: 'none' }, 'login_required'],
  ['an endless state', { state: 'x'.repeat(1025) }, 'invalid_request'],
  ['a hint that is no ID token', { id_token_hint: 'a.b.c' }, 'invalid_request'],
  ['an access token as a hint', { id_token_hint: person.accessToken }, 'invalid_request'],
]
for (const [what, more, error] of refusals) {
  test(`${what} is told to the client, with state and issuer`, async () => {
    const answer = returned(await new Browser(given).send('GET', toPath(more)), REDIRECT)

    assert.equal(answer.get('error'), error)
    assert.equal(answer.get('state'), more.state ?? 'a state')
    assert.equal(answer.get('iss'), given.url)
    assert.equal(answer.get('code'), null)
  })
}

test('§5.2: a client that is not registered for codes is told so', async () => {
  const other = await register({ grant_types: ['authorization_code'] })
  const path = `/v1/clients/${other.id}`
  const change = { grant_types: [], redirect_uris: [] }
  await given.send('PATCH', path, { key: given.adminKey, body: change })

  assert.equal((await given.send('GET', toPath({ client_id: other.id }))).status, 400)
})

test('ASVS 3.5.3: HEAD begins nothing and allows nothing', async () => {
  const browser = await signedIn()
  await codeFor(browser)
  const before = await audits()

  for (const path of [toPath(), `/consent?interaction=x`]) {
    const answer = await browser.send('HEAD', path)
    assert.ok(answer.status >= 400)
    assert.equal(answer.headers.get('location'), null)
  }
  assert.equal(await audits(), before)
})

async function audits(): Promise<number> {
  const { json } = await given.send('GET', '/v1/audit?type=authorization.repeated', { key: given.adminKey })
  return Array.isArray(json.items) ? json.items.length : assert.fail()
}

test('ASVS 3.5.1: nobody is signed in by a foreign page', async () => {
  const victim = new Browser(given)
  const attacker = new Browser(given)
  const page = await attacker.open('/login')
  const form = { ...hiddenOf(page), identifier: person.email, password: 'nine slow herons wade' }
  await victim.open('/login')

  const attempts = [
    await victim.send('POST', '/login', form),
    await victim.send('POST', '/login', { ...form, csrf: '' }),
    await attacker.send('POST', '/login', form, { origin: 'https://evil.example.com' }),
    await attacker.send('POST', '/login', form, { 'sec-fetch-site': 'same-site' }),
  ]

  for (const answer of attempts) {
    assert.equal(answer.status, 403)
    assert.ok(!answer.headers.getSetCookie().some((line) => line.includes('countersign_session')))
  }
})

test('an interaction that was altered, or is somebody’s words, leads nowhere', async () => {
  const browser = await signedIn()
  const page = await new Browser(given).open(toPath())
  const { interaction = '' } = hiddenOf(page)

  for (const text of [
    'x',
    interaction.slice(0, -8),
    `v1.AAAA${interaction.slice(7)}`,
    'v1.AAAA',
    '{"parameters":{}}',
  ]) {
    for (const path of ['/login', '/consent']) {
      const answer = await browser.send('GET', `${path}?interaction=${encodeURIComponent(text)}`)
      assert.equal(answer.status, 400)
      assert.match(answer.text, /id="oauth-error"/)
    }
  }
})

test('a wrong password shows the page again, with the address and without a session', async () => {
  const browser = new Browser(given)

  const page = await browser.signIn(await browser.open(toPath()), person.email, 'not the password at all')

  assert.equal(page.status, 400)
  assert.match(page.text, /id="login-error">The address or the password is wrong/)
  assert.ok(!browser.cookies.has('__Host-countersign_session'))
  const unknown = await browser.signIn(page, 'nobody@example.com', 'not the password at all')
  assert.match(unknown.text, /id="login-error">The address or the password is wrong/)
})

test('OIDC Core §3.1.2.1: prompt=login and max_age ask again, and the sign-in that follows is enough', async () => {
  for (const more of [{ prompt: 'login' }, { max_age: '0' }]) {
    const browser = await signedIn()
    await codeFor(browser)
    advanceSeconds(2)

    const page = await browser.open(toPath(more))
    const answer = await browser.signIn(page, person.email)

    assert.ok(returned(answer, REDIRECT).get('code'))
  }
})

test('OIDC Core §3.1.2.1: max_age lets a sign-in pass that is recent enough', async () => {
  const browser = await signedIn()
  await codeFor(browser)

  assert.ok(returned(await browser.open(toPath({ max_age: '3600', prompt: 'none' })), REDIRECT).get('code'))
})

test('response_mode form_post: the answer is a form to the client, and no URL holds it', async () => {
  const browser = await signedIn()
  await codeFor(browser)

  const answer = await browser.open(toPath({ response_mode: 'form_post' }))

  assert.equal(answer.status, 200)
  assert.match(answer.text, new RegExp(`<form id="form-post" method="post" action="${REDIRECT}">`))
  const fields = hiddenOf(answer)
  assert.deepEqual(Object.keys(fields), ['code', 'state', 'iss'])
  assert.match(
    answer.headers.get('content-security-policy') ?? '',
    /form-action 'self' https:\/\/app\.example\.com;/,
  )
  assert.equal((await redeem(fields.code ?? '')).status, 200)
})

test('OIDC Core §3.1.2.1: a request by POST is the same request', async () => {
  const browser = await signedIn()
  await codeFor(browser)
  const [path = '', query] = toPath().split('?')

  const answer = await browser.follow(
    await browser.send('POST', path, Object.fromEntries(new URLSearchParams(query))),
  )

  assert.ok(returned(answer, REDIRECT).get('code'))
})
