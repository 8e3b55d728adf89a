/** The pages for whoever forgot the password or has no account yet: no script, no foreign forms, the same for every address. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import * as given from './given.ts'
import { type Inside, inside } from './inside.ts'
import { linkTo, mailTo } from './mail/read-mail.ts'
import { browserOf, hiddenOf } from './page-browser.ts'

const OPEN = { ...given.UNLIMITED, COUNTERSIGN_RATE_LIMIT_MAIL: 'dangerously-off' }
const VERIFIED = { ...OPEN, COUNTERSIGN_EMAIL_VERIFICATION: 'required' }
const GOOD = 'violet gravel pushed the tram'

const open = (t: TestContext, settings: Record<string, string> = OPEN): Promise<Inside> => inside(t, settings)

const alertOf = ({ text }: given.Answer): string => /<p role="alert"[^>]*>([^<]*)<\/p>/.exec(text)?.[1] ?? ''

for (const path of ['/forgot-password', '/sign-up'] as const) {
  test(`${path}: a form that a foreign page made up is refused, and nothing is sent or made`, async (t) => {
    const to = await open(t)
    const { email } = await given.person(to)
    const { ask } = browserOf(to.send)

    const answer = await ask('POST', path, { identifier: email, password: GOOD, csrf: 'a guess' })

    assert.equal(answer.status, 403)
    assert.deepEqual(await mailTo(to, email), [])
  })

  test(`${path}: the proof of one page is none for another`, async (t) => {
    const to = await open(t)
    const { ask } = browserOf(to.send)
    const login = await ask('GET', '/login')

    const answer = await ask('POST', path, {
      ...hiddenOf(login),
      identifier: 'a@example.com',
      password: GOOD,
    })

    assert.equal(answer.status, 403)
  })
}

test('a link is sent to whom has an account, and the page says the same to whoever has none', async (t) => {
  const to = await open(t)
  const { email } = await given.person(to)
  const said: string[] = []
  for (const identifier of [email, 'nobody@example.com']) {
    const { ask, submit } = browserOf(to.send)
    const answer = await submit(await ask('GET', '/forgot-password'), { identifier })
    assert.equal(answer.status, 200)
    said.push(answer.text)
  }

  assert.equal(new Set(said).size, 1)
  assert.match((await linkTo(to, email)).ticket, /./)
  assert.deepEqual(await mailTo(to, 'nobody@example.com'), [])
})

test('what is no address is told so', async (t) => {
  const to = await open(t)
  for (const path of ['/forgot-password', '/sign-up']) {
    const { ask, submit } = browserOf(to.send)

    const answer = await submit(await ask('GET', path), { identifier: 'no address at all', password: GOOD })

    assert.equal(answer.status, 400)
    assert.equal(alertOf(answer), 'This is not an e-mail address.')
  }
})

test('the way back to the app is kept, and what was typed is text', async (t) => {
  const to = await open(t, { ...OPEN, COUNTERSIGN_RATE_LIMIT_MAIL: '1/60' })
  const { ask, submit } = browserOf(to.send)
  const page = await ask('GET', '/forgot-password?interaction=%22%3E%3Cb%3E')
  const identifier = 'somebody@example.com'

  await submit(page, { identifier })
  const answer = await submit(page, { identifier })

  assert.equal(answer.status, 429)
  assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/)
  assert.doesNotMatch(answer.text, /<b>/)
  assert.match(answer.text, /href="\/login\?interaction=%22%3E%3Cb%3E"/)
})

test('where no mail is sent, the page says so and offers no hope', async (t) => {
  const to = await open(t, { ...OPEN, COUNTERSIGN_ISSUER: 'https://auth.example.com' })

  const answer = await to.send('GET', '/forgot-password')

  assert.equal(answer.status, 403)
  assert.match(alertOf(answer), /sends no mail/)
  assert.doesNotMatch(answer.text, /<form/)
  assert.doesNotMatch((await to.send('GET', '/login')).text, /forgot-password/)
})

test('where sign-up is closed, the page says so and has no form, and one that is sent makes nothing', async (t) => {
  const to = await open(t, { ...OPEN, COUNTERSIGN_SIGN_UP: 'closed' })
  const { ask } = browserOf(to.send)
  const page = await ask('GET', '/sign-up')

  const answer = await ask('POST', '/sign-up', { identifier: 'new@example.com', password: GOOD, name: '' })

  assert.equal(page.status, 403)
  assert.match(alertOf(page), /created by an administrator/)
  assert.doesNotMatch(page.text, /<form/)
  assert.equal(answer.status, 403)
  assert.doesNotMatch((await ask('GET', '/login')).text, /href="\/sign-up/)
})

test('a weak password is told why, and the right one makes an account that signs in', async (t) => {
  const to = await open(t)
  const { ask, submit, cookies } = browserOf(to.send)
  const typed = { identifier: 'new@example.com', name: ' Noor ' }

  const refused = await submit(await ask('GET', '/sign-up'), { ...typed, password: 'short' })
  const made = await submit(refused, { ...typed, password: GOOD })

  assert.match(alertOf(refused), /longer password/)
  assert.match(refused.text, /value="new@example\.com"/)
  assert.match(refused.text, /id="sign-up-password"[^>]* autofocus/)
  assert.equal(refused.text.match(/autofocus/g)?.length, 1)
  assert.match(made.text, /id="login-form"/)
  await submit(made, { identifier: 'new@example.com', password: GOOD })
  assert.ok(cookies.has('__Host-countersign_session'))
})

test('where addresses are verified, the page says the same for an address that is taken', async (t) => {
  const to = await open(t, VERIFIED)
  const email = 'ada@example.com'
  const body = { email, password: given.PASSWORD }
  assert.equal((await to.send('POST', '/v1/accounts', { key: to.adminKey, body })).status, 201)
  const said: string[] = []
  for (const identifier of [email, 'new@example.com']) {
    const { ask, submit } = browserOf(to.send)
    const answer = await submit(await ask('GET', '/sign-up'), { identifier, password: GOOD, name: '' })
    assert.equal(answer.status, 200)
    said.push(answer.text)
  }

  assert.equal(new Set(said).size, 1)
  assert.match((await linkTo(to, 'new@example.com')).ticket, /./)
})

test('pages speak the language that the browser asks for, and before it the one that the app asks for', async (t) => {
  const to = await open(t)
  const german = browserOf(to.send, { 'accept-language': 'de-AT,de;q=0.9,en;q=0.5' })

  const login = await german.ask('GET', '/login')
  const wrong = await german.submit(login, { identifier: 'nobody@example.com', password: 'wrong' })

  assert.match(login.text, /<html lang="de">/)
  assert.match(login.text, /<h1 id="page-title">Anmelden<\/h1>/)
  assert.equal(alertOf(wrong), 'Die Adresse oder das Passwort ist falsch.')
  for (const path of [
    '/setup',
    '/reset-password',
    '/confirm-sign-up',
    '/accept-invitation',
    '/forgot-password',
    '/sign-up',
  ]) {
    assert.match((await german.ask('GET', path)).text, /<html lang="de">/, path)
  }
})

test('a wait is said in seconds, and the button carries it', async (t) => {
  const to = await open(t, {})
  const { email } = await given.person(to)
  const { ask, submit } = browserOf(to.send)
  const page = await ask('GET', '/login')

  let answer = page
  for (let tries = 0; tries < 20 && answer.status !== 429; tries += 1) {
    answer = await submit(page, { identifier: email, password: 'not this one' })
  }

  assert.equal(answer.status, 429)
  const seconds = answer.headers.get('retry-after') ?? ''
  assert.match(answer.text, new RegExp(`data-wait="${seconds}"`))
  assert.match(alertOf(answer), new RegExp(`Try again in ${seconds} second`))
  assert.match(answer.text, /src="\/assets\/wait\.js"/)
})
