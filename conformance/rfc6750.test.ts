/** Bearer tokens in requests and what is answered to them (RFC 6750). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, givenPerson, givenServer, givenSession } from './given.ts'

const given = await givenServer()
const access = (await givenPerson(given)).accessToken
const session = await givenSession(given)

const me = (headers: Record<string, string> = {}): Promise<Answer> => given.send('GET', '/v1/me', { headers })
const challengeOf = (answer: Answer): string | null => answer.headers.get('www-authenticate')
/** RFC 9728 §5.1: where the way to a token is told, at the end of each. */
const challenge = (error: string | null = null): string =>
  `Bearer realm="countersign", ${error === null ? '' : `error="${error}", `}resource_metadata="${given.url}/.well-known/oauth-protected-resource"`

test('§2: a token in two ways at once is answered 400 invalid_request, even where both are good', async () => {
  const answer = await me({ authorization: `Bearer ${access}`, 'x-api-key': given.adminKey })

  assert.equal(answer.status, 400)
  assert.equal(challengeOf(answer), challenge('invalid_request'))
})

const malformed: [what: string, authorization: string][] = [
  ['the scheme alone', 'Bearer'],
  ['no scheme', access],
  ['two tokens', `Bearer ${access} ${access}`],
  ['a list of two', `Bearer ${access}, Bearer ${access}`],
  ['a token in quotes', `Bearer "${access}"`],
  ['a character that is none of b64token', `Bearer ${access}!`],
  ['another scheme', `Basic ${access}`],
  ['a token that nobody issued', 'Bearer mF_9.B5f-4.1JqM'],
  ['an API key, which is no bearer token', `Bearer ${given.adminKey}`],
]

for (const [what, authorization] of malformed) {
  test(`§2.1: ${what} is answered 401 invalid_token`, async () => {
    const answer = await me({ authorization })

    assert.equal(answer.status, 401)
    assert.equal(challengeOf(answer), challenge('invalid_token'))
  })
}

for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR']) {
  test(`§2.1: the scheme spelled ${scheme} is good for either kind of token`, async () => {
    for (const token of [access, session]) {
      const answer = await me({ authorization: `${scheme} ${token}` })
      assert.equal(answer.status, 200, answer.text)
    }
  })
}

test('§2.2: a token in a form body is not taken', async () => {
  const form = { access_token: access, token: access }

  const answer = await given.post('/oauth/introspect', form)

  assert.equal(answer.status, 401)
})

for (const name of ['access_token', 'token', 'api_key', 'authorization']) {
  test(`§2.3: a token in the query as ${name} is as good as none`, async () => {
    for (const token of [access, session, given.adminKey]) {
      const answer = await given.send('GET', `/v1/me?${name}=${token}`)
      assert.equal(answer.status, 401)
      assert.equal(challengeOf(answer), challenge())
    }
  })
}

test('§2.3: a token in the query does not spoil the one in the header', async () => {
  const answer = await given.send('GET', '/v1/me?access_token=rubbish', { bearer: access })

  assert.equal(answer.status, 200)
})

test('§3: the challenge has no error code when nothing was presented', async () => {
  const answer = await me()

  assert.equal(answer.status, 401)
  assert.equal(challengeOf(answer), challenge())
})

test('§3.1: a token that does not reach far enough is answered 403 insufficient_scope', async () => {
  for (const path of ['/v1/accounts', '/v1/roles', '/v1/audit', '/v1/service-accounts', '/v1/signing-keys']) {
    const answer = await given.send('GET', path, { bearer: access })
    assert.equal(answer.status, 403, path)
    assert.equal(challengeOf(answer), challenge('insufficient_scope'), path)
  }
})

test('§3.1: a token whose session has ended is answered 401 invalid_token', async () => {
  const { accessToken } = await givenPerson(given)
  const signOut = await given.send('POST', '/v1/sign-out', { bearer: accessToken })

  const answer = await me({ authorization: `Bearer ${accessToken}` })

  assert.equal(signOut.status, 204)
  assert.equal(answer.status, 401)
  assert.equal(challengeOf(answer), challenge('invalid_token'))
})

test('§5.3: answers to bearer tokens may not be kept', async () => {
  const answers = [await me(), await me({ authorization: `Bearer ${access}` })]

  for (const answer of answers) assert.equal(answer.headers.get('cache-control'), 'no-store')
})
