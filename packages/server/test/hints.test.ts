/** Hints in refusals: for whoever develops on this machine and has asked for them, and for nobody else. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import * as given from './given.ts'

const quiet = await given.openAuthority(given.UNLIMITED)
after(quiet.close)
const open = await given.openAuthority({ ...given.UNLIMITED, COUNTERSIGN_REFUSAL_HINTS: 'development' })
after(open.close)

const ask = (options: given.SendOptions = {}, to = open.given): Promise<given.Answer> =>
  to.send('GET', '/v1/me', options)
const crossSite = { 'sec-fetch-site': 'cross-site' }

test('nobody is told unless it was asked for', async () => {
  const answer = await ask({ headers: crossSite }, quiet.given)

  assert.equal(answer.status, 401)
  assert.ok(!('hint' in answer.json))
})

test('not even then is anybody told who comes from another machine, through a proxy or under another name', async () => {
  for (const options of [
    { address: '192.0.2.7', encrypted: true },
    { headers: { ...crossSite, 'x-forwarded-for': '192.0.2.7' } },
    { headers: { ...crossSite, forwarded: 'for=192.0.2.7' } },
  ]) {
    const answer = await ask(options)

    assert.equal(answer.status, 401)
    assert.ok(!('hint' in answer.json), answer.text)
  }
})

test('a wrong password is told nothing more, whether or not there is such an account', async () => {
  for (const email of ['admin@example.com', 'nobody@example.com']) {
    const body = { email, password: 'not the right one' }
    const answer = await open.given.send('POST', '/v1/sign-in', { body })

    assert.equal(answer.json.code, 'invalid_credentials')
    assert.ok(!('hint' in answer.json), answer.text)
  }
})

test('a developer reads why: the cookie, the origin, the permission, the credential', async () => {
  const { cookie } = await given.signedIn(open.given, 'cookie')
  const { secret } = await given.keyOf(open.given, ['docs:read'])
  const origin = { ...crossSite, origin: 'https://app.example.com' }

  const kept = await ask({ headers: crossSite })
  const foreign = await open.given.send('POST', '/v1/sign-out', { cookie, headers: origin })
  const silent = await open.given.send('POST', '/v1/sign-out', { cookie })
  const denied = await open.given.send('GET', '/v1/accounts', { key: secret })
  const broken = await ask({ key: secret.slice(0, -1) })

  assert.match(String(kept.json.hint), /^cookie not sent: the request is cross-site and .* SameSite=Lax/)
  assert.match(String(foreign.json.hint), /another origin.*COUNTERSIGN_ALLOWED_ORIGINS/)
  assert.match(String(silent.json.hint), /X-CSRF-Token/)
  assert.equal(denied.json.hint, 'list_accounts needs accounts:read; the credential holds docs:read.')
  assert.match(String(broken.json.hint), /cut off/)
})
