/** HTTP itself (RFC 9110), seen from outside: methods, challenges, media types, hosts. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { test } from 'node:test'
import { type Given, givenPerson, givenServer } from './given.ts'

const given = await givenServer({ COUNTERSIGN_BODY_BYTES_MAX: '1024' })
const { id, accessToken } = await givenPerson(given)

const allowed: [path: string, allow: string][] = [
  ['/healthz', 'GET, HEAD'],
  ['/.well-known/jwks.json', 'GET, HEAD'],
  ['/v1/me', 'GET, HEAD, PATCH, DELETE'],
  ['/v1/sign-in', 'POST'],
  ['/oauth/token', 'POST'],
  ['/v1/roles', 'GET, HEAD, POST'],
  ['/v1/accounts/somebody', 'GET, HEAD, PATCH, DELETE'],
]

for (const [path, allow] of allowed) {
  test(`§15.5.6: ${path} answers other methods with 405 and Allow: ${allow}`, async () => {
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']
    const refused = methods.filter((method) => !allow.split(', ').includes(method))

    for (const method of refused) {
      const answer = await given.send(method, path, { key: given.adminKey })
      assert.equal(answer.status, 405, method)
      assert.deepEqual(answer.headers.get('allow')?.split(', ').toSorted(), allow.split(', ').toSorted())
    }
  })
}

test('§15.5.2: every 401 has a challenge, whatever the method', async () => {
  const requests = [
    ['GET', '/v1/me'],
    ['HEAD', '/v1/me'],
    ['POST', '/v1/sign-out'],
    ['POST', '/v1/api-keys'],
    ['DELETE', '/v1/api-keys/key_00000000000000000000000000'],
    ['PATCH', '/v1/accounts/acc_00000000000000000000000000'],
    ['POST', '/oauth/introspect'],
    ['POST', '/v1/verify'],
  ] as const

  for (const [method, path] of requests) {
    const answer = await given.send(method, path)
    assert.equal(answer.status, 401, `${method} ${path}`)
    assert.match(answer.headers.get('www-authenticate') ?? '', /^[A-Za-z]+ realm="[^"]+"/)
  }
})

test('§15.5.4: credential and permission are asked for before anything is said about what is there', async () => {
  for (const account of [id, `acc_${'0'.repeat(26)}`, 'nobody']) {
    const [anonymous, stranger] = [
      await given.send('GET', `/v1/accounts/${account}`),
      await given.send('GET', `/v1/accounts/${account}`, { bearer: accessToken }),
    ]
    assert.equal(anonymous.status, 401, account)
    assert.equal(stranger.status, 403, account)
  }
})

const types: [what: string, contentType: string | null, status: number][] = [
  ['none at all', null, 415],
  ['plain text', 'text/plain', 415],
  ['a form', 'application/x-www-form-urlencoded', 415],
  ['XML', 'application/xml', 415],
  ['JSON of another kind', 'application/problem+json', 415],
  ['JSON in Latin 1', 'application/json; charset=iso-8859-1', 415],
  ['JSON', 'application/json', 401],
  ['JSON in capitals', 'Application/JSON', 401],
  ['JSON in UTF-8', 'application/json; charset="UTF-8"', 401],
]

for (const [what, contentType, status] of types) {
  test(`§15.5.16: ${what} as media type is answered ${status}`, async () => {
    const raw = JSON.stringify({ email: 'nobody@example.com', password: 'wrong but long enough' })
    const headers: Record<string, string> = contentType === null ? {} : { 'content-type': contentType }

    assert.equal(await statusOfRaw(given, 'POST', '/v1/sign-in', headers, raw), status)
  })
}

test('§15.5.14: a body beyond the limit is answered 413, whether its length was declared or not', async () => {
  const raw = JSON.stringify({ email: 'x'.repeat(2000), password: 'x' })
  const headers = { 'content-type': 'application/json' }
  const chunked = { ...headers, 'transfer-encoding': 'chunked' }

  assert.equal(await statusOfRaw(given, 'POST', '/v1/sign-in', headers, raw), 413)
  assert.equal(await statusOfRaw(given, 'POST', '/v1/sign-in', chunked, raw), 413)
})

for (const host of ['evil.example', 'localhost.evil.example', '169.254.1.1', 'localhost@evil.example']) {
  test(`§15.5.20: the host ${host} is not ours and is not answered`, async () => {
    const status = await statusOfRaw(given, 'GET', '/healthz', { host })

    assert.ok(status === 421 || status === 400, String(status))
  })
}

for (const path of ['/healthz', '/.well-known/jwks.json', '/v1/me', '/', '/openapi.json', '/nowhere']) {
  test(`§9.3.2: HEAD ${path} is answered as GET, without the content`, async () => {
    const get = await given.send('GET', path, { bearer: accessToken })
    const head = await given.send('HEAD', path, { bearer: accessToken })

    // These are about the one message or the connection (§7.6.1), not about what was asked for.
    const ownNames = ['date', 'content-length', 'transfer-encoding', 'connection', 'keep-alive']
    const headersOf = ({ headers }: typeof get): object =>
      Object.fromEntries([...headers].filter(([name]) => !ownNames.includes(name)))
    assert.equal(head.status, get.status)
    assert.deepEqual(headersOf(head), headersOf(get))
    assert.notEqual(get.text, '')
    assert.equal(head.text, '')
  })
}

test('§15.3.5: an answer without content has neither content nor a type of it', async () => {
  const { accessToken: bearer } = await givenPerson(given)

  const answer = await given.send('POST', '/v1/sign-out', { bearer })

  assert.equal(answer.status, 204)
  assert.equal(answer.text, '')
  assert.equal(answer.headers.get('content-type'), null)
})

test('§6.6.1, §10.2.4: an answer says when it was made, and not by what', async () => {
  const { headers } = await given.send('GET', '/healthz')

  assert.ok(Number.isFinite(Date.parse(headers.get('date') ?? '')))
  for (const name of ['server', 'x-powered-by', 'via']) assert.equal(headers.get(name), null)
})

/** What `fetch` would not send: any host, no content type, a body of unknown length. */
async function statusOfRaw(
  { url }: Given,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body = '',
): Promise<number> {
  const outgoing = request(new URL(path, url), { method, headers })
  outgoing.end(body)
  const [response] = await once(outgoing, 'response')
  response.resume()
  await once(response, 'end')
  return response.statusCode
}
