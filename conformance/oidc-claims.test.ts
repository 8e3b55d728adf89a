/** The parameters `claims` and `ui_locales` (OIDC Core §5.5, §3.1.2.1), and parameters that stand twice. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt } from 'jose'
import { Browser, returned } from './browser.ts'
import { givenFlow, REDIRECT } from './code-flow.ts'
import { at, givenPerson } from './given.ts'

const { given, app, person, register, toPath, signedIn, codeFor, redeem } = await givenFlow()
const claims = (request: unknown): { claims: string } => ({ claims: JSON.stringify(request) })

for (const text of [
  '',
  '{',
  '[]',
  'null',
  '7',
  '{"userinfo":[]}',
  '{"id_token":7}',
  '{"userinfo":{"email":7}}',
  '{"id_token":{},"id_token":{}}',
  '{"id_token":{"sub":{"value":7}}}',
]) {
  test(`§5.5: ${text === '' ? 'nothing' : text} is ${text === '' ? 'no' : 'a wrong'} request for claims`, async () => {
    const answer = await new Browser(given).open(toPath({ claims: text, prompt: 'none' }))

    assert.equal(returned(answer, REDIRECT).get('error'), text === '' ? 'login_required' : 'invalid_request')
  })
}

test('§5.5: a claim that is asked for by itself is told at UserInfo, and the person was shown its scope', async () => {
  const somebody = await givenPerson(given, ['notes:read'])
  const browser = await signedIn(somebody.email)
  const path = toPath(
    claims({ userinfo: { email: null, email_verified: { essential: true }, shoe_size: null } }),
  )
  const page = await browser.open(path)
  assert.match(page.text, /email/)
  const answer = await browser.submit(page, { decision: 'allow' })
  const tokens = await redeem(returned(answer, REDIRECT).get('code') ?? '')

  const info = await given.send('GET', '/oauth/userinfo', { bearer: at(tokens.json, 'access_token') })

  assert.deepEqual(info.json, { sub: somebody.id, email: somebody.email, email_verified: false })
  assert.equal(decodeJwt(at(tokens.json, 'id_token')).email, undefined)
})

test('§5.5: no claim is told to a client without its scope, nor without openid', async () => {
  const narrow = await register({ scopes: ['openid', 'notes:read'] })
  const browser = await signedIn()
  const wanted = claims({ userinfo: { email: { essential: true } } })

  const code = await codeFor(browser, { client_id: narrow.id, ...wanted })
  const tokens = await redeem(code, { client_id: narrow.id })
  const info = await given.send('GET', '/oauth/userinfo', { bearer: at(tokens.json, 'access_token') })
  assert.deepEqual(info.json, { sub: person.id })
  const plain = await redeem(await codeFor(browser, { scope: 'notes:read', ...wanted }))
  assert.equal(plain.json.scope, 'notes:read')
})

test('§5.5.1: a sub asks for that very person', async () => {
  const other = await givenPerson(given)
  const browser = await signedIn()
  await codeFor(browser)
  const ask = async (sub: string) =>
    returned(
      await browser.open(toPath({ prompt: 'none', ...claims({ id_token: { sub: { value: sub } } }) })),
      REDIRECT,
    )

  assert.equal((await ask(other.id)).get('error'), 'login_required')
  assert.ok((await ask(person.id)).get('code'))
})

test('§5.5.1.1: an essential level that is not reached ends the request; as a wish it does not', async () => {
  const browser = await signedIn()
  await codeFor(browser)
  const ask = async (acr: object) =>
    returned(await browser.open(toPath({ prompt: 'none', ...claims({ id_token: { acr } }) })), REDIRECT)
  const aal2 = 'urn:countersign:acr:aal2'

  assert.equal((await ask({ essential: true, values: [aal2] })).get('error'), 'login_required')
  assert.equal((await ask({ essential: true, value: 'urn:of-others:gold' })).get('error'), 'login_required')
  assert.ok((await ask({ values: [aal2] })).get('code'))
  assert.ok((await ask({ essential: true })).get('code'))
  assert.ok((await ask({ essential: true, values: ['urn:countersign:acr:aal1', aal2] })).get('code'))
})

test('§5.5.1.1: whoever signs in anew and still does not reach it is sent back, and asked for nothing more', async () => {
  const fresh = new Browser(given)
  const wanted = claims({ id_token: { acr: { essential: true, values: ['urn:countersign:acr:aal2'] } } })

  const answer = await fresh.signIn(await fresh.open(toPath(wanted)), person.email)

  assert.equal(returned(answer, REDIRECT).get('error'), 'unmet_authentication_requirements')
})

test('§3.1.2.1: pages are in the first language of ui_locales that they have; a language that they lack is no mistake', async () => {
  for (const [wanted, lang] of [
    ['de', 'de'],
    ['fr-CA de en', 'de'],
    ['en', 'en'],
    ['tlh', 'en'],
  ] as const) {
    const page = await new Browser(given).open(toPath({ ui_locales: wanted }))
    assert.equal(page.status, 200)
    assert.match(page.text, new RegExp(`<html lang="${lang}"`), wanted)
  }
})

test('OAuth 2.1 §3.1: a parameter that stands twice is refused by its name, by GET and by POST', async () => {
  for (const name of ['client_id', 'redirect_uri', 'state', 'scope', 'claims', 'request']) {
    const path = toPath({ [name]: 'x' })
    const query = `${path.slice(path.indexOf('?') + 1)}&${name}=x`

    const byGet = await given.send('GET', `/oauth/authorize?${query}`)
    const byPost = await given.send('POST', '/oauth/authorize', { form: [...new URLSearchParams(query)] })

    for (const answer of [byGet, byPost]) {
      assert.equal(answer.status, 400)
      assert.equal(answer.headers.get('location'), null)
      assert.match(answer.text, new RegExp(`id="oauth-error"[\\s\\S]*${name}`), name)
    }
  }
})

test('what stands twice and is no parameter of ours is not repeated back', async () => {
  const answer = await given.send('POST', '/oauth/authorize', {
    form: [
      ['client_id', app.id],
      ['<b>', '1'],
      ['<b>', '2'],
    ],
  })

  assert.equal(answer.status, 400)
  assert.ok(!answer.text.includes('<b>') && !answer.text.includes('&lt;b&gt;'))
})
