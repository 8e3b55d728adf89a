/** What people allow, deny and take back (ASVS 10.7, OAuth 2.1 §7.3.1). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Browser, hiddenOf, returned } from './browser.ts'
import { givenFlow, type Parameters, REDIRECT } from './code-flow.ts'
import { at } from './given.ts'

const { given, register, toPath, signedIn, allow, redeem, statusOf } = await givenFlow()

test('consent is asked once, again for more, and again when it was taken back', async () => {
  const client = await register()
  const browser = await signedIn()
  const path = (more: Parameters = {}): string => toPath({ client_id: client.id, ...more })
  const isAsked = async (more: Parameters = {}): Promise<boolean> =>
    /id="consent-allow"/.test((await browser.open(path(more))).text)

  assert.ok(await isAsked())
  await allow(browser, path())
  assert.ok(!(await isAsked()))
  assert.ok(await isAsked({ scope: 'openid notes:read notes:write' }))
  assert.ok(await isAsked({ prompt: 'consent' }))
  const silent = returned(await browser.open(path({ prompt: 'none', scope: 'email' })), REDIRECT)
  assert.equal(silent.get('error'), 'consent_required')
  const good = returned(await browser.open(path({ prompt: 'none' })), REDIRECT)
  const tokens = await redeem(good.get('code') ?? '', { client_id: client.id })
  const bearer = at(tokens.json, 'access_token')
  assert.equal(await statusOf(bearer), 200)

  const own = { bearer: browser.cookies.get('__Host-countersign_session') ?? '' }
  const listed = await given.send('GET', '/v1/me/consents', own)
  assert.ok(listed.text.includes(client.id))
  assert.equal((await given.send('DELETE', `/v1/me/consents/${client.id}`, own)).status, 204)

  assert.equal(await statusOf(bearer), 401)
  assert.ok(await isAsked())
  assert.equal((await given.send('DELETE', `/v1/me/consents/${client.id}`, own)).status, 404)
})

test('RFC 8252 §8.6: an app that cannot be told from another is asked about each time', async () => {
  for (const redirect_uri of ['http://127.0.0.1:4711/callback', 'com.example.app:/callback']) {
    const client = await register({
      redirect_uris: ['http://127.0.0.1/callback', 'com.example.app:/callback'],
    })
    const browser = await signedIn()
    const path = toPath({ client_id: client.id, redirect_uri })
    returned(await allow(browser, path), redirect_uri)

    assert.match((await browser.open(path)).text, /id="consent-allow"/)
    const silent = await browser.open(toPath({ client_id: client.id, redirect_uri, prompt: 'none' }))
    assert.equal(returned(silent, redirect_uri).get('error'), 'consent_required')
  }
})

test('what was denied is told to the client, and is asked again', async () => {
  const client = await register()
  const browser = await signedIn()
  const page = await browser.open(toPath({ client_id: client.id }))

  const answer = returned(await browser.submit(page, { decision: 'deny' }), REDIRECT)

  assert.equal(answer.get('error'), 'access_denied')
  assert.match((await browser.open(toPath({ client_id: client.id }))).text, /id="consent-allow"/)
})

test('ASVS 3.5.1: consent is given by our own page, for what it showed, by whom it was shown to', async () => {
  const client = await register()
  const [browser, other] = [await signedIn(), await signedIn()]
  const page = await browser.open(toPath({ client_id: client.id }))
  const wider = await browser.open(toPath({ client_id: client.id, scope: 'openid notes:read notes:write' }))
  const fields = hiddenOf(page)

  const attempts = [
    await browser.send('POST', '/consent', { ...fields, csrf: '', decision: 'allow' }),
    await browser.send(
      'POST',
      '/consent',
      { ...fields, decision: 'allow' },
      { origin: 'https://evil.example.com' },
    ),
    await browser.send(
      'POST',
      '/consent',
      { ...fields, decision: 'allow' },
      { 'sec-fetch-site': 'cross-site' },
    ),
    await browser.send('POST', '/consent', {
      ...hiddenOf(wider),
      csrf: fields.csrf ?? '',
      decision: 'allow',
    }),
    await other.send('POST', '/consent', { ...fields, decision: 'allow' }),
    await new Browser(given).send('POST', '/consent', { ...fields, decision: 'allow' }),
    await browser.send('GET', `/consent?${new URLSearchParams({ ...fields, decision: 'allow' })}`),
  ]

  for (const answer of attempts) {
    assert.ok(!(answer.headers.get('location') ?? '').startsWith(REDIRECT), answer.text)
  }
  returned(await browser.submit(page, { decision: 'allow' }), REDIRECT)
})
