/** Accounts elsewhere that are connected to one that is there: by whom, how strongly proved, and how they go again. */
import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { enrolTotp } from '../authenticator.ts'
import * as given from '../given.ts'
import { browserOf, type PageBrowser } from '../page-browser.ts'
import { bearerOf, cameBack, openFederation, sessionOf, signInBy, whoIn } from './given.ts'

const federation = await openFederation()
after(federation.close)
const { provider, send, adminKey, clock } = federation
let people = 0

beforeEach(() => {
  people += 1
  provider.lies = {}
  provider.person = { sub: `friend-${people}`, email: `friend-${people}@example.org`, emailVerified: true }
})

interface Person {
  readonly browser: PageBrowser
  readonly email: string
  readonly id: string
}

async function somebody(): Promise<Person> {
  const person = await given.person(federation)
  const browser = browserOf(send)
  const page = await browser.ask('GET', '/sign-in')
  await browser.submit(page, { identifier: person.email, password: given.PASSWORD })
  return { browser, ...person }
}

/** Asks where to go for connecting, as the page of the account does. */
async function begin(browser: PageBrowser, id = 'somewhere'): Promise<given.Answer> {
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const options = { cookie, headers: { 'sec-fetch-site': 'same-origin' }, body: { provider: id } }
  const answer = await send('POST', '/v1/me/identities', options)
  for (const line of answer.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    browser.cookies.set(name, value)
  }
  return answer
}

/** The answer of the service, not yet presented. */
async function toAnswer(browser: PageBrowser): Promise<string> {
  const begun = await begin(browser)
  assert.equal(begun.status, 201, begun.text)
  return cameBack(given.at(begun.json, 'authorization_url'))
}

/** Where the browser is led after it has presented the answer, of which only the words are looked at. */
async function present(browser: PageBrowser, path: string): Promise<string> {
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const answer = await send('GET', path, { cookie })
  assert.equal(answer.status, 303, answer.text)
  return answer.headers.get('location') ?? ''
}

async function connect(browser: PageBrowser): Promise<string> {
  return present(browser, await toAnswer(browser))
}

async function listOf(browser: PageBrowser): Promise<readonly { id: string; label: string | null }[]> {
  const { json } = await send('GET', '/v1/me/identities', { bearer: bearerOf(browser) })
  assert.ok(Array.isArray(json.items))
  return json.items
}

const remove = (browser: PageBrowser, id: string) =>
  send('DELETE', `/v1/me/identities/${id}`, { bearer: bearerOf(browser) })

test('what is connected signs in from then on, under the name that it had over there', async () => {
  const { browser, id } = await somebody()
  assert.equal(await connect(browser), '/account/security?connected=somewhere')

  const list = await listOf(browser)
  assert.deepEqual(
    list.map(({ label }) => label),
    [`friend-${people}@example.org`],
  )
  assert.equal(await whoIn(federation, (await signInBy(federation)).browser), id)
})

test('the services that could be connected are told, and no secret of theirs', async () => {
  const { browser } = await somebody()
  const { json, text } = await send('GET', '/v1/me/identities', { bearer: bearerOf(browser) })

  assert.deepEqual(json.providers, [
    { id: 'somewhere', name: 'Somewhere' },
    { id: 'elsewhere', name: 'Elsewhere' },
    { id: 'forge', name: 'Forge' },
  ])
  assert.equal(text.includes(provider.clientSecret), false)
})

test('an identity is one account’s: whoever comes second is told so and gets nothing', async () => {
  const first = await somebody()
  await connect(first.browser)
  const second = await somebody()

  assert.equal(await connect(second.browser), '/account/security?not_connected=conflict')
  assert.deepEqual(await listOf(second.browser), [])
  assert.equal(await connect(first.browser), '/account/security?not_connected=conflict')
  assert.equal(await whoIn(federation, (await signInBy(federation)).browser), first.id)
})

test('of two accounts that take one identity at once one has it', async () => {
  const both = [await somebody(), await somebody()]
  const paths = await Promise.all(both.map(({ browser }) => toAnswer(browser)))
  const led = await Promise.all(both.map(({ browser }, index) => present(browser, paths[index] ?? '')))

  assert.deepEqual(led.toSorted(), [
    '/account/security?connected=somewhere',
    '/account/security?not_connected=conflict',
  ])
})

test('an answer is for the session that began it: another one, a stranger and nobody connect nothing', async () => {
  const victim = await somebody()
  const attacker = await somebody()
  const path = await toAnswer(attacker.browser)

  // The attacker has the victim's browser open it: it did not begin it.
  const foreign = await victim.browser.ask('GET', path)
  assert.match(foreign.text, /began in another browser/)
  assert.deepEqual(await listOf(victim.browser), [])

  // In one browser, but signed in as somebody else meanwhile.
  const shared = browserOf(send)
  for (const [name, value] of attacker.browser.cookies) shared.cookies.set(name, value)
  for (const [name, value] of victim.browser.cookies)
    if (name.endsWith('_session')) shared.cookies.set(name, value)
  assert.equal(await present(shared, path), '/account/security?not_connected=permission_denied')
  assert.deepEqual(await listOf(victim.browser), [])

  const signedOut = await toAnswer(attacker.browser)
  const cookies = new Map([...attacker.browser.cookies].filter(([name]) => !name.endsWith('_session')))
  const nobody = { ...attacker.browser, cookies }
  assert.equal(await present(nobody, signedOut), '/account/security?not_connected=over')
  assert.deepEqual(await listOf(attacker.browser), [])
})

test('a session that was ended on the way connects nothing', async () => {
  const { browser, id } = await somebody()
  const path = await toAnswer(browser)
  const target = { kind: 'account', id }
  await send('POST', '/v1/revocations', { key: adminKey, body: { target } })

  assert.equal(await present(browser, path), '/account/security?not_connected=over')
})

test('connecting and disconnecting ask for a proof that is recent, and as strong as there is one', async () => {
  const { browser } = await somebody()
  await connect(browser)
  const [identity] = await listOf(browser)
  assert.ok(identity !== undefined)

  clock.advance(601)
  assert.equal((await begin(browser)).json.code, 'insufficient_user_authentication')
  assert.equal((await remove(browser, identity.id)).json.code, 'insufficient_user_authentication')

  const again = await somebody()
  await enrolTotp(federation, bearerOf(again.browser))
  assert.equal((await begin(again.browser)).json.code, 'insufficient_user_authentication')
})

test('no page of another origin begins it', async () => {
  const { browser } = await somebody()
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
  const answer = await send('POST', '/v1/me/identities', { cookie, headers, body: { provider: 'somewhere' } })

  assert.equal(answer.json.code, 'csrf_refused')
})

test('a service that is in no setting, and one that is away, are told apart', async () => {
  const { browser } = await somebody()
  assert.equal((await begin(browser, 'nowhere')).json.code, 'not_found')
  const fresh = await openFederation()
  try {
    await fresh.provider.close()
    const person = await given.signedIn(fresh, 'session_token')
    const answer = await fresh.send('POST', '/v1/me/identities', {
      bearer: person.session_token ?? '',
      body: { provider: 'somewhere' },
    })
    assert.equal(answer.json.code, 'provider_unavailable')
    assert.equal(answer.status, 503)
  } finally {
    await fresh.close()
  }
})

test('what was refused over there is told of by its cause, and nothing is connected', async () => {
  const { browser } = await somebody()
  provider.lies = {
    answer: (fields) => {
      fields.delete('code')
      fields.set('error', 'access_denied')
    },
  }
  assert.equal(await connect(browser), '/account/security?not_connected=denied')
  provider.lies = { signature: 'foreign_key' }
  assert.equal(await connect(browser), '/account/security?not_connected=answer_refused')
  assert.deepEqual(await listOf(browser), [])
})

test('what is disconnected signs in no more', async () => {
  const { browser, id } = await somebody()
  await connect(browser)
  const [identity] = await listOf(browser)
  assert.ok(identity !== undefined)
  const other = await somebody()
  assert.equal((await remove(other.browser, identity.id)).status, 404)

  assert.equal((await remove(browser, identity.id)).status, 204)

  assert.equal((await remove(browser, identity.id)).status, 404)
  const came = await signInBy(federation)
  assert.notEqual(await whoIn(federation, came.browser), id)
})

test('an account that began elsewhere keeps the last way in, until its administrator takes it', async () => {
  const { browser } = await signInBy(federation)
  const account = await whoIn(federation, browser)
  const [identity] = await listOf(browser)
  assert.ok(identity !== undefined)
  assert.equal((await remove(browser, identity.id)).json.code, 'last_way_in')

  const path = `/v1/accounts/${account}/identities`
  const listed = await send('GET', path, { key: adminKey })
  assert.equal(given.at(listed.json, 'items', '0', 'id'), identity.id)
  assert.equal((await send('DELETE', `${path}/${identity.id}`, { key: adminKey })).status, 204)
  assert.deepEqual(await listOf(browser), [])
})

test('an account without a password is told so before a link goes to another address', async () => {
  const { browser } = await signInBy(federation)
  const bearer = bearerOf(browser)
  const factors = await send('GET', '/v1/me/factors', { bearer })
  assert.equal(factors.json.has_password, false)

  const body = { email: `moved-${people}@example.com` }
  assert.equal((await send('POST', '/v1/me/email', { bearer, body })).json.code, 'password_missing')
})

test('“this wasn’t me” takes away what was connected in that session', async () => {
  const { browser, email } = await somebody()
  const thief = browserOf(send)
  await thief.submit(await thief.ask('GET', '/sign-in'), { identifier: email, password: given.PASSWORD })
  await connect(thief)
  const sessions = await send('GET', '/v1/me/sessions', { bearer: bearerOf(browser) })
  const list = sessions.json.items
  assert.ok(Array.isArray(list))
  const foreign = list.find((one) => one.current !== true)

  const said = await send('POST', `/v1/me/sessions/${foreign.id}/not-me`, { bearer: bearerOf(browser) })

  assert.equal(said.status, 200, said.text)
  const came = await signInBy(federation)
  assert.notEqual(came.browser, null)
  if (sessionOf(came.browser) !== null) {
    const list = await send('GET', '/v1/me/account', { bearer: bearerOf(came.browser) })
    assert.notEqual(given.at(list.json, 'account', 'email'), email)
  }
})

test('the log tells who connected what, and the export of one’s own data holds it', async () => {
  const { browser, id } = await somebody()
  await connect(browser)
  const query = new URLSearchParams({ target: id, limit: '10' })
  const { text } = await send('GET', `/v1/audit?${query}`, { key: adminKey })
  assert.match(text, /"type":"identity\.added"/)
  assert.match(text, /"provider":"somewhere"/)

  const exported = await send('GET', '/v1/me/export', { bearer: bearerOf(browser) })
  assert.equal(given.at(exported.json, 'identities', '0', 'label'), `friend-${people}@example.org`)
})
