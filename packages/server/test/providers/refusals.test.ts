/** What comes back from another service and must sign nobody in (ASVS 10.1.2, 10.2.1, 10.2.2, 10.5.1 to 10.5.4). */
import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import type { Lies } from '@countersign/tools/fake-provider'
import * as given from '../given.ts'
import { browserOf, type PageBrowser } from '../page-browser.ts'
import { awayAndBack, linkOf, openFederation, sessionOf, signInBy } from './given.ts'

const federation = await openFederation()
after(federation.close)
const { provider, send, clock } = federation

beforeEach(() => {
  provider.lies = {}
  provider.tellsInToken = true
})

const newBrowser = (): PageBrowser => browserOf(send)
const alertOf = ({ text }: given.Answer): string => /id="login-error">([^<]*)/.exec(text)?.[1] ?? ''

function assertRefused(browser: PageBrowser, answer: given.Answer, words: RegExp): void {
  assert.match(alertOf(answer), words, answer.text)
  assert.equal(sessionOf(browser), null)
  assert.ok(answer.status >= 400, String(answer.status))
}

const OVER = /is over, or began in another browser/
const DOES_NOT_HOLD = /does not hold/

/** The path of a true answer that has not been presented yet, in the browser that began it. */
async function trueAnswer(id = 'somewhere'): Promise<{ browser: PageBrowser; path: string }> {
  const browser = newBrowser()
  const path = await awayAndBack(browser, linkOf(await browser.ask('GET', '/sign-in'), id))
  return { browser, path }
}

test('an answer counts in the browser that began it, and in no other one', async () => {
  const { browser, path } = await trueAnswer()
  const other = newBrowser()
  await other.ask('GET', '/sign-in')
  const without = newBrowser()

  assertRefused(other, await other.ask('GET', path), OVER)
  assertRefused(without, await without.ask('GET', path), OVER)
  // Nothing was used up by those who had no right to it.
  await browser.ask('GET', path)
  assert.notEqual(sessionOf(browser), null)
})

test('an answer without a state, or with one that was made up, altered or cut off, is none', async () => {
  const { browser, path } = await trueAnswer()
  const url = new URL(path, given.ISSUER)
  const state = url.searchParams.get('state') ?? ''
  const middle = Math.floor(state.length / 2)
  const spoilt = `${state.slice(0, middle)}${state[middle] === 'A' ? 'B' : 'A'}${state.slice(middle + 1)}`
  for (const value of [null, '', 'x', 'v1.AAAA', spoilt, state.slice(0, -4), `${state}${state}`]) {
    const altered = new URL(url)
    if (value === null) altered.searchParams.delete('state')
    else altered.searchParams.set('state', value)
    const answer = await browser.ask('GET', `${altered.pathname}${altered.search}`)
    assertRefused(browser, answer, OVER)
  }
})

test('what was begun with one provider is no answer at another (RFC 9700 §4.4, CVE-2026-73419)', async () => {
  const { browser, path } = await trueAnswer()

  const mixed = await browser.ask('GET', path.replace('/somewhere/', '/elsewhere/'))

  assertRefused(browser, mixed, OVER)
})

test('an answer is taken once, also of two that come together', async () => {
  const { browser, path } = await trueAnswer()
  const twin = newBrowser()
  for (const [name, value] of browser.cookies) twin.cookies.set(name, value)

  await Promise.all([browser.ask('GET', path), twin.ask('GET', path)])

  const opened = [browser, twin].filter((one) => sessionOf(one) !== null)
  assert.equal(opened.length, 1)
  const again = browserOf(send)
  for (const [name, value] of browser.cookies) if (name.endsWith('_form')) again.cookies.set(name, value)
  assertRefused(again, await again.ask('GET', path), OVER)
})

test('an answer that comes a quarter of an hour later is over', async () => {
  const { browser, path } = await trueAnswer()
  clock.advance(900)

  assertRefused(browser, await browser.ask('GET', path), OVER)
})

test('an answer that says a thing twice is refused before it is read (RFC 6749 §3.1)', async () => {
  const { browser, path } = await trueAnswer()

  const twice = await browser.ask('GET', `${path}&code=another`)

  assert.equal(twice.status, 400)
  assert.match(twice.text, /stands there twice/)
  await browser.ask('GET', path)
  assert.notEqual(sessionOf(browser), null)
})

test('asking with HEAD presents nothing', async () => {
  const { browser, path } = await trueAnswer()
  const head = await browser.ask('HEAD', path)

  assert.equal(
    head.headers.getSetCookie().some((line) => line.includes('_session')),
    false,
  )
  await browser.ask('GET', path)
  assert.notEqual(sessionOf(browser), null)
})

const lies: readonly (readonly [string, Lies, RegExp])[] = [
  ['carries another issuer', { answer: (to) => to.set('iss', 'https://evil.example') }, DOES_NOT_HOLD],
  ['carries no issuer where the provider says it does', { answer: (to) => to.delete('iss') }, DOES_NOT_HOLD],
  ['carries a code of its own', { answer: (to) => to.set('code', 'stolen') }, DOES_NOT_HOLD],
  ['carries a token in its place', { answer: (to) => to.set('id_token', 'x.y.z') }, DOES_NOT_HOLD],
  ['says no', { answer: (to) => refuseIn(to, 'access_denied') }, /was not allowed to tell/],
  ['tells of a fault', { answer: (to) => refuseIn(to, 'server_error') }, DOES_NOT_HOLD],
  ['names another nonce', { claims: (claims) => Object.assign(claims, { nonce: 'another' }) }, DOES_NOT_HOLD],
  ['names no nonce', { claims: (claims) => delete claims.nonce }, DOES_NOT_HOLD],
  ['is for another client', { claims: (claims) => Object.assign(claims, { aud: 'another' }) }, DOES_NOT_HOLD],
  [
    'is for several clients, and meant for another',
    { claims: (claims) => Object.assign(claims, { aud: ['countersign-test', 'another'], azp: 'another' }) },
    DOES_NOT_HOLD,
  ],
  [
    'is of another issuer',
    { claims: (claims) => Object.assign(claims, { iss: 'https://evil.example' }) },
    DOES_NOT_HOLD,
  ],
  [
    'has expired',
    { claims: (claims) => Object.assign(claims, { exp: Number(claims.iat) - 60 }) },
    DOES_NOT_HOLD,
  ],
  ['never expires', { claims: (claims) => delete claims.exp }, DOES_NOT_HOLD],
  ['names nobody', { claims: (claims) => delete claims.sub }, DOES_NOT_HOLD],
  ['names an empty subject', { claims: (claims) => Object.assign(claims, { sub: '' }) }, /cannot sign in/],
  ['is signed with a key of nobody', { signature: 'foreign_key' }, DOES_NOT_HOLD],
  ['is signed with the secret of the client', { signature: 'client_secret' }, DOES_NOT_HOLD],
  ['is not signed', { signature: 'none' }, DOES_NOT_HOLD],
  [
    'names a key that is not there',
    { claims: (_, header) => Object.assign(header, { kid: 'x' }) },
    DOES_NOT_HOLD,
  ],
]

function refuseIn(fields: URLSearchParams, error: string): void {
  fields.delete('code')
  fields.set('error', error)
}

for (const [what, lie, words] of lies) {
  test(`an answer or an ID token that ${what} signs nobody in`, async () => {
    provider.lies = lie
    const { browser, answer } = await signInBy(federation)

    assertRefused(browser, answer, words)
  })
}

test('UserInfo about somebody else is not believed (OpenID Connect Core §5.3.2)', async () => {
  provider.tellsInToken = false
  provider.lies = { user: (claims) => Object.assign(claims, { sub: 'another' }) }
  const { browser, answer } = await signInBy(federation)

  assertRefused(browser, answer, DOES_NOT_HOLD)
})

test('a user without a number, at a service that speaks OAuth alone, is nobody', async () => {
  for (const user of [
    (claims: Record<string, unknown>) => delete claims.id,
    (claims: Record<string, unknown>) => Object.assign(claims, { id: '' }),
    (claims: Record<string, unknown>) => Object.assign(claims, { id: { $ne: 0 } }),
  ]) {
    provider.lies = { user }
    const { browser, answer } = await signInBy(federation, 'forge')
    assertRefused(browser, answer, DOES_NOT_HOLD)
  }
})

for (const path of ['/token', '/jwks']) {
  test(`a provider that breaks, or leads elsewhere, at ${path} signs nobody in`, async () => {
    for (const location of [null, 'http://169.254.169.254/latest/meta-data/']) {
      const fresh = await openFederation()
      try {
        fresh.provider.lies = {
          instead: (asked, response) => {
            if (asked !== path) return false
            response.writeHead(location === null ? 500 : 302, location === null ? {} : { location }).end()
            return true
          },
        }
        const { browser, answer } = await signInBy(fresh)
        assert.equal(sessionOf(browser), null)
        assert.match(alertOf(answer), /does not hold|cannot be reached/)
      } finally {
        await fresh.close()
      }
    }
  })
}

test('a provider that is away is told of, and asked again when it is back', async () => {
  const fresh = await openFederation()
  try {
    fresh.provider.lies = {
      instead: (path, response) => {
        if (path !== '/.well-known/openid-configuration') return false
        response.writeHead(503).end()
        return true
      },
    }
    const browser = browserOf(fresh.send)
    const page = await browser.ask('GET', '/sign-in')
    const away = await browser.ask('GET', linkOf(page))
    assert.equal(away.status, 503)
    assert.match(alertOf(away), /cannot be reached now/)

    fresh.provider.lies = {}
    await signInBy(fresh, 'somewhere', browser)
    assert.notEqual(sessionOf(browser), null)
  } finally {
    await fresh.close()
  }
})

test('a discovery document of another issuer is not believed (OpenID Connect Discovery §4.3)', async () => {
  const fresh = await openFederation()
  try {
    fresh.provider.lies = {
      instead: (path, response) => {
        if (path !== '/.well-known/openid-configuration') return false
        const document = { issuer: 'https://evil.example', authorization_endpoint: 'https://evil.example/a' }
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document))
        return true
      },
    }
    const browser = browserOf(fresh.send)
    const away = await browser.ask('GET', linkOf(await browser.ask('GET', '/sign-in')))
    assert.equal(away.status, 503)
    assert.equal(away.headers.get('location'), null)
  } finally {
    await fresh.close()
  }
})

test('nobody is sent away by a link that this page has not made for this browser', async () => {
  const browser = newBrowser()
  const path = linkOf(await browser.ask('GET', '/sign-in'))
  const foreign = browserOf(send, { 'sec-fetch-site': 'cross-site' })
  for (const [name, value] of browser.cookies) foreign.cookies.set(name, value)

  for (const [who, asked] of [
    [newBrowser(), path],
    [browser, '/login/provider/somewhere'],
    [browser, path.replace(/csrf=./, 'csrf=!')],
    [foreign, path],
  ] as const) {
    const answer = await who.ask('GET', asked)
    assert.equal(answer.status, 403, asked)
    assert.equal(answer.headers.get('location'), null)
  }
  assert.equal((await browser.ask('HEAD', path)).headers.get('location'), null)
})

test('a provider that is in no setting is not there', async () => {
  const browser = newBrowser()
  const path = linkOf(await browser.ask('GET', '/sign-in'))

  assert.equal((await browser.ask('GET', path.replace('/somewhere', '/nowhere'))).status, 404)
  assert.equal((await browser.ask('GET', '/login/provider/nowhere/callback?state=x')).status, 404)
  assert.equal((await browser.ask('GET', '/login/provider/__proto__/callback')).status, 404)
})

test('state and nonce and verifier are new each time, and asked for is the least', async () => {
  const seen = new Set<string>()
  const browser = newBrowser()
  for (let turn = 0; turn < 3; turn += 1) {
    const page = await browser.ask('GET', '/sign-in')
    const { headers } = await browser.ask('GET', linkOf(page))
    const url = new URL(headers.get('location') ?? '')
    const { searchParams } = url
    for (const name of ['state', 'nonce', 'code_challenge']) seen.add(searchParams.get(name) ?? '')
    assert.equal(searchParams.get('scope'), 'openid email profile')
    assert.equal(searchParams.get('redirect_uri'), `${given.ISSUER}/login/provider/somewhere/callback`)
    assert.equal(searchParams.get('code_challenge_method'), 'S256')
  }
  assert.equal(seen.size, 9)
  const forge = await browser.ask('GET', linkOf(await browser.ask('GET', '/sign-in'), 'forge'))
  const url = new URL(forge.headers.get('location') ?? '')
  assert.equal(url.searchParams.get('scope'), 'read:user user:email')
})

test('what the provider gave stands in no page, no address and no cookie (ASVS 10.1.1)', async () => {
  const { browser, answer } = await signInBy(federation)
  const seen = [answer.text, ...browser.cookies.values(), [...answer.headers].join()].join('\n')

  assert.ok(provider.given.length > 0)
  for (const token of provider.given) assert.equal(seen.includes(token), false)
  assert.equal(seen.includes(provider.clientSecret), false)
})

test('an answer that was never asked for, with a code of the attacker, links nothing', async () => {
  const attacker = newBrowser()
  const path = await awayAndBack(attacker, linkOf(await attacker.ask('GET', '/sign-in')))
  const victim = newBrowser()
  await victim.ask('GET', '/sign-in')
  const stateOfVictim = new URL(
    (await victim.ask('GET', linkOf(await victim.ask('GET', '/sign-in')))).headers.get('location') ?? '',
  ).searchParams.get('state')
  const injected = new URL(path, given.ISSUER)
  injected.searchParams.set('state', stateOfVictim ?? '')

  // The code was asked for with another verifier and another nonce.
  const answer = await victim.ask('GET', `${injected.pathname}${injected.search}`)

  assertRefused(victim, answer, DOES_NOT_HOLD)
})
