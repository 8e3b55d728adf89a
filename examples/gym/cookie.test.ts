/** The gym on a host beside the authority: one sign-in, and the browser brings the cookie along to both. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { createAdaptorServer } from '@hono/node-server'
import { MIA } from '../demo/people.ts'
import { type House, openHouse } from '../given.ts'
import { createGym } from './app.ts'

const AUTHORITY = 'auth.gym.example'
const GYM = 'www.gym.example'
const OWN_PAGE = { origin: `https://${GYM}`, 'sec-fetch-site': 'same-origin' }

const undoing: (() => Promise<unknown>)[] = []
let house: House
let gymUrl: string
let cookie: string
let setCookie: string

before(async () => {
  house = await openHouse((undo) => undoing.push(undo), [`https://${GYM}`], {
    COUNTERSIGN_ISSUER: `https://${AUTHORITY}`,
    COUNTERSIGN_COOKIE_DOMAIN: 'gym.example',
  })
  await house.member()
  const verifier = await house.verifier(`https://${GYM}`, (undo) => undoing.push(undo), {
    cookieName: '__Secure-countersign_session',
  })
  const server = createAdaptorServer({ fetch: createGym(verifier).fetch })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  undoing.push(async () => server.close())
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  gymUrl = `http://127.0.0.1:${address.port}`
  const signIn = await browse(
    house.url,
    AUTHORITY,
    'POST /v1/sign-in',
    {},
    { email: MIA.email, password: MIA.password },
  )
  setCookie = signIn.headers['set-cookie']?.[0] ?? ''
  cookie = setCookie.split(';')[0] ?? ''
})
after(async () => {
  for (const undo of undoing.reverse()) await undo()
})

/** As a browser would: the host name stands in the address bar, the proxy before it leads to this machine. */
async function browse(
  url: string,
  host: string,
  line: string,
  headers: OutgoingHttpHeaders,
  body?: object,
): Promise<Pick<IncomingMessage, 'statusCode' | 'headers'> & { code: unknown }> {
  const [method, path] = line.split(' ')
  const json = body === undefined ? {} : { 'content-type': 'application/json' }
  const asked = request(`${url}${path}`, { method, headers: { host, ...json, ...headers } })
  asked.end(body === undefined ? '' : JSON.stringify(body))
  const [answer]: IncomingMessage[] = await once(asked, 'response')
  assert.ok(answer)
  const parsed: unknown = JSON.parse(await text(answer))
  const code = typeof parsed === 'object' && parsed !== null && 'code' in parsed ? parsed.code : null
  return { statusCode: answer.statusCode, headers: answer.headers, code }
}

test('a booking by cookie is refused from another site, from a sibling’s page, and from nobody knows where', async () => {
  const pages: OutgoingHttpHeaders[] = [
    { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    { origin: 'https://shop.gym.example', 'sec-fetch-site': 'same-site' },
    {},
  ]

  for (const page of pages) {
    const answer = await browse(gymUrl, GYM, 'POST /classes/yoga/bookings', { cookie, ...page })
    assert.deepEqual([answer.statusCode, answer.code], [403, 'csrf_refused'])
  }
})

test('two cookies of the name are refused: a sibling could have set the other one', async () => {
  const answer = await browse(gymUrl, GYM, 'GET /classes', { cookie: `${cookie}; ${cookie}` })

  assert.equal(answer.statusCode, 401)
})

test('the sign-in at the authority is one at the gym, for reading and for its own pages', async () => {
  const classes = await browse(gymUrl, GYM, 'GET /classes', { cookie })
  const booking = await browse(gymUrl, GYM, 'POST /classes/yoga/bookings', { cookie, ...OWN_PAGE })

  assert.match(setCookie, /^__Secure-countersign_session=.*; Domain=gym\.example; .*Secure; HttpOnly/)
  assert.deepEqual([classes.statusCode, booking.statusCode], [200, 201])
})

test('a session that was revoked at the authority has ended at the gym', async () => {
  const signIn = await browse(
    house.url,
    AUTHORITY,
    'POST /v1/sign-in',
    {},
    { email: MIA.email, password: MIA.password },
  )
  const other = signIn.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
  assert.equal((await browse(gymUrl, GYM, 'GET /classes', { cookie: other })).statusCode, 200)
  const token = other.split('=')[1] ?? ''

  const answer = await house.owner.revoke({
    target: { kind: 'credential', credential: token },
    waitMs: 30_000,
  })

  assert.ok(answer.confirmed)
  const after = await browse(gymUrl, GYM, 'GET /classes', { cookie: other })
  assert.deepEqual([after.statusCode, after.code], [401, 'invalid_credential'])
})
