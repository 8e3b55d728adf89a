/** Signing in for the account pages and the console: back to pages of ours, to nobody else, however long it takes. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { INTERACTION_MS } from '../src/routes/oauth-pages/interaction.ts'
import { codeOf, personWithTotp } from './authenticator.ts'
import * as given from './given.ts'
import { browserOf, hiddenOf } from './page-browser.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { clock, send } = shared.given
const SESSION = /^__Host-countersign_session=/

/** Where the right password leads from this page. */
async function led(page: given.Answer, email: string, cookie: string): Promise<given.Answer> {
  const form = { ...hiddenOf(page), identifier: email, password: given.PASSWORD }
  return send('POST', '/login', { cookie, form })
}

const cookieOf = ({ headers }: given.Answer): string =>
  headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')

const toSignIn = (query: Record<string, string>): string => `/sign-in?${new URLSearchParams(query)}`

test('no address leads away from our own pages: the account comes instead', async () => {
  const { email } = await given.person(shared.given)
  const foreign = [
    ...['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/v1/me'],
    ...[
      '/console/../v1/me',
      '/account/..//evil.example',
      '/console\\..\\..\\login',
      '/consoles',
      ' /console',
      '',
    ],
    ...['/account/%2e%2e/oauth/authorize', `/console/${'x'.repeat(3000)}`],
  ]
  for (const next of foreign) {
    const page = await send('GET', toSignIn({ next }))

    const answer = await led(page, email, cookieOf(page))

    assert.equal(answer.status, 303, next)
    assert.equal(answer.headers.get('location'), '/account', next)
  }
})

test('the page that was asked for comes after the sign-in, with its query and nothing after it', async () => {
  const { email } = await given.person(shared.given)
  const pages = {
    '/console': '/console',
    '/account/keys': '/account/keys',
    '/console/people?q=a%20b#x': '/console/people?q=a%20b',
  }
  for (const [next, location] of Object.entries(pages)) {
    const page = await send('GET', toSignIn({ next }))

    const answer = await led(page, email, cookieOf(page))

    assert.equal(answer.headers.get('location'), location)
    assert.match(answer.headers.getSetCookie().join(), SESSION)
  }
})

test('a line break in the address splits no header', async () => {
  const { email } = await given.person(shared.given)
  const page = await send('GET', toSignIn({ next: '/console/a\r\nset-cookie: b=1' }))

  const answer = await led(page, email, cookieOf(page))

  assert.doesNotMatch(`${answer.headers.get('location')}`, /[\r\n]/)
  assert.doesNotMatch(answer.headers.getSetCookie().join(), /b=1/)
})

test('a page that was left open over night still signs in, and leads where it was asked to', async () => {
  const { email } = await given.person(shared.given)
  const page = await send('GET', toSignIn({ next: '/console/audit' }))
  clock.advance(12 * INTERACTION_MS)

  const answer = await led(page, email, cookieOf(page))

  assert.equal(answer.headers.get('location'), '/console/audit')
})

test('a sealed address that somebody altered is refused', async () => {
  const page = await send('GET', toSignIn({ next: '/console' }))
  const { interaction = '', csrf = '' } = hiddenOf(page)
  const form = { interaction: `${interaction.slice(0, -2)}xx`, csrf }

  const answer = await send('POST', '/login', { cookie: cookieOf(page), form })

  assert.equal(answer.status, 400)
  assert.equal(answer.headers.get('location'), null)
})

test('the second step, and the way over a forgotten password, keep what was asked for', async () => {
  const { email, seed } = await personWithTotp(shared.given)
  const { ask } = browserOf(send)
  const page = await ask('GET', toSignIn({ next: '/account/security' }))
  const forgot = /id="login-forgot" href="([^"]+)"/.exec(page.text)?.[1]
  const cookie = cookieOf(page)
  const step = await led(page, email, cookie)
  const form = { ...hiddenOf(step), code: codeOf(seed, clock.nowMs()) }

  const answer = await send('POST', '/login/factor', { cookie: `${cookie}; ${cookieOf(step)}`, form })

  assert.equal(answer.headers.get('location'), '/account/security')
  assert.ok(forgot === undefined || forgot.includes('interaction='))
})

test('who has signed out is told so, in the language that they chose', async () => {
  const page = await send('GET', toSignIn({ 'signed-out': '', ui_locales: 'de' }))
  const plain = await send('GET', '/sign-in')

  assert.match(
    page.text,
    /<html lang="de">[\s\S]*role="status" id="login-notice">Sie haben sich abgemeldet\./,
  )
  assert.doesNotMatch(plain.text, /login-notice/)
  assert.equal(page.headers.get('cache-control'), 'no-store')
})
