/** What every host must pass through unharmed: bodies, statuses, headers, cookies, and who is calling. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Countersign } from '../../src/create.ts'
import { type CountersignOptions, createCountersign } from '../../src/embed.ts'
import { RESOURCE_METADATA } from '../contract.ts'
import { at, PASSWORD } from '../given.ts'

/** Opens an authority on a folder of its own; both are gone after the test. */
export async function openCountersign(
  t: TestContext,
  options: CountersignOptions = {},
): Promise<Countersign> {
  const dataFolder = await newFolder(t)
  const countersign = await createCountersign({ dataFolder, logLevel: 'silent', ...options })
  t.after(() => countersign.close())
  return countersign
}

export async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-embed-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export function baseOf(address: AddressInfo | string | null): string {
  assert.ok(typeof address === 'object' && address !== null)
  return `http://127.0.0.1:${address.port}`
}

/** Starts an app with the authority mounted and a route `/hello` of its own; answers where it listens. */
export type Mount = (t: TestContext, countersign: Countersign) => Promise<string>

const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

let people = 0

async function signUp(base: string): Promise<string> {
  people += 1
  const email = `person-${people}@example.com`
  const answer = await fetch(`${base}/v1/sign-up`, json({ email, password: PASSWORD, name: 'Zoë 🦦' }))
  const text = await answer.text()
  assert.equal(answer.status, 201, text)
  assert.equal(at(JSON.parse(text), 'account', 'name'), 'Zoë 🦦')
  return email
}

/** The tests that every host runs. */
export function passesThrough(mount: Mount): void {
  const open = async (t: TestContext): Promise<string> => mount(t, await openCountersign(t))

  test('refusals arrive with their status, headers and problem document', async (t) => {
    const base = await open(t)

    const answer = await fetch(`${base}/v1/me`)

    assert.equal(answer.status, 401)
    assert.equal(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8')
    assert.equal(answer.headers.get('www-authenticate'), `Bearer realm="countersign", ${RESOURCE_METADATA}`)
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    assert.equal(at(await answer.json(), 'code'), 'credential_required')
  })

  test('unknown paths and methods under the mount are the authority’s to refuse', async (t) => {
    const base = await open(t)

    const unknown = await fetch(`${base}/v1/nothing-here`)
    const method = await fetch(`${base}/v1/me/sessions`, { method: 'DELETE' })

    assert.equal(at(await unknown.json(), 'code'), 'not_found')
    assert.equal(method.status, 405)
    assert.equal(method.headers.get('allow'), 'GET, HEAD')
    assert.equal(at(await method.json(), 'code'), 'method_not_allowed')
  })

  test('a body that is too large or no JSON is refused, and the connection lives on', async (t) => {
    const base = await open(t)

    const large = await fetch(`${base}/v1/sign-in`, json({ email: 'x'.repeat(100_000) }))
    const broken = await fetch(`${base}/v1/sign-in`, { ...json(null), body: '{"email":' })

    assert.equal(at(await large.json(), 'code'), 'body_too_large')
    assert.equal(at(await broken.json(), 'code'), 'malformed_json')
  })

  test('a person signs up, in by cookie, looks, and out with both cookies cleared', async (t) => {
    const base = await open(t)
    const email = await signUp(base)

    const signedIn = await fetch(`${base}/v1/sign-in`, json({ email, password: PASSWORD }))
    const [cookie = ''] = signedIn.headers.getSetCookie().map((one) => one.split(';')[0])
    const token = at(await signedIn.json(), 'csrf_token')
    const me = await fetch(`${base}/v1/me`, { headers: { cookie } })
    const headers = { cookie, 'x-csrf-token': token }
    const signedOut = await fetch(`${base}/v1/sign-out`, { method: 'POST', headers })

    assert.match(cookie, /^__Host-countersign_session=cs_seslive_/)
    assert.equal(at(await me.json(), 'principal', 'email'), email)
    assert.equal(signedOut.status, 204)
    assert.deepEqual(
      signedOut.headers.getSetCookie().map((one) => one.split('=')[0]),
      ['__Host-countersign_session', '__Secure-countersign_refresh'],
    )
    assert.equal((await fetch(`${base}/v1/me`, { headers: { cookie } })).status, 401)
  })

  test('forms reach the token endpoint', async (t) => {
    const base = await open(t)
    const email = await signUp(base)
    const signedIn = await fetch(`${base}/v1/sign-in`, json({ email, password: PASSWORD, deliver: 'jwt' }))
    const refresh_token = at(await signedIn.json(), 'refresh_token')

    const form = { grant_type: 'refresh_token', refresh_token, client_id: 'first-party' }
    const answer = await fetch(`${base}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) })

    assert.equal(answer.status, 200)
    assert.equal(at(await answer.json(), 'token_type'), 'Bearer')
    const keys = await fetch(`${base}/.well-known/jwks.json`)
    assert.equal(keys.headers.get('cache-control'), 'public, max-age=300')
  })

  test('the client address is the socket’s, whatever a header claims', async (t) => {
    const base = await open(t)
    const email = await signUp(base)
    const headers = { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9' }
    const body = { email, password: PASSWORD, deliver: 'session_token' }
    const signedIn = await fetch(`${base}/v1/sign-in`, json(body, headers))
    const bearer = at(await signedIn.json(), 'session_token')

    const answer = await fetch(`${base}/v1/me/sessions`, { headers: { authorization: `Bearer ${bearer}` } })
    const { items }: { items?: { address?: string }[] } = JSON.parse(await answer.text())

    assert.equal(items?.[0]?.address, '127.0.0.1')
  })

  test('two Authorization headers are refused, not halved', async (t) => {
    const base = await open(t)
    const email = await signUp(base)
    const body = { email, password: PASSWORD, deliver: 'session_token' }
    const signedIn = await fetch(`${base}/v1/sign-in`, json(body))
    const good = `Bearer ${at(await signedIn.json(), 'session_token')}`

    const once = await statusOf(`${base}/v1/me`, [good])
    const twice = await statusOf(`${base}/v1/me`, [good, 'Bearer somebody-else'])

    assert.equal(once, 200)
    assert.equal(twice, 401)
  })

  test('the app’s own routes are left alone', async (t) => {
    const base = await open(t)

    const answer = await fetch(`${base}/hello`)

    assert.equal(await answer.text(), 'hello')
    assert.equal(answer.headers.get('content-security-policy'), null)
  })
}

/** `fetch` would join the headers by itself. */
function statusOf(url: string, authorization: readonly string[]): Promise<number | undefined> {
  const headers = ['Host', new URL(url).host, ...authorization.flatMap((value) => ['Authorization', value])]
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers }, (answer) => {
      answer.resume()
      answer.once('end', () => resolve(answer.statusCode))
    })
    sent.once('error', reject)
    sent.end()
  })
}
