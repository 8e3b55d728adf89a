/** Ending tokens by presenting them (RFC 7009). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Answer,
  assertOAuthError,
  at,
  givenPerson,
  givenServer,
  type Person,
  refreshForm,
} from './given.ts'

const given = await givenServer()

const revoke = (form: Record<string, string>): Promise<Answer> => given.post('/oauth/revoke', form)

/** 200 while it is accepted, 401 after. */
const statusOf = async (accessToken: string): Promise<number> =>
  (await given.send('GET', '/v1/me', { bearer: accessToken })).status

async function assertAlive({ accessToken, refreshToken }: Person): Promise<void> {
  assert.equal(await statusOf(accessToken), 200)
  assert.equal((await given.post('/oauth/token', refreshForm(refreshToken))).status, 200)
}

test('§2: only POST is answered', async () => {
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const answer = await given.send(method, '/oauth/revoke?token=x')
    assert.equal(answer.status, 405, method)
    assert.equal(answer.headers.get('allow'), 'POST', method)
  }
})

test('§2.1: without a token the answer is invalid_request, and one in the query is not read', async () => {
  const person = await givenPerson(given)

  assertOAuthError(await revoke({}), 400, 'invalid_request')
  assertOAuthError(await revoke({ token: '' }), 400, 'invalid_request')
  const query = await given.post(`/oauth/revoke?token=${person.refreshToken}`, {})
  assertOAuthError(query, 400, 'invalid_request')

  await assertAlive(person)
})

test('§2.1: two tokens at once are answered invalid_request and both live', async () => {
  const [one, other] = [await givenPerson(given), await givenPerson(given)]

  const answer = await given.post('/oauth/revoke', [
    ['token', one.refreshToken],
    ['token', other.refreshToken],
  ])

  assertOAuthError(answer, 400, 'invalid_request')
  await assertAlive(one)
  await assertAlive(other)
})

test('§2.1: a token that is not of the client that asks lives on', async () => {
  const person = await givenPerson(given)

  for (const token of [person.refreshToken, person.accessToken]) {
    assertOAuthError(await revoke({ token, client_id: 'somebody-else' }), 401, 'invalid_client')
  }

  await assertAlive(person)
})

test('§2.1: whoever knows the id of a token but not its secret ends nothing', async () => {
  const [person, other] = [await givenPerson(given), await givenPerson(given)]
  const [start = ''] = person.refreshToken.split(/_(?=[^_]*$)/)
  const [, end = ''] = other.refreshToken.split(/_(?=[^_]*$)/)
  const [header = '', claims = ''] = person.accessToken.split('.')
  const [, , signature = ''] = other.accessToken.split('.')

  const answers = [
    await revoke({ token: `${start}_${end}` }),
    await revoke({ token: start }),
    await revoke({ token: `${header}.${claims}.${signature}` }),
    await revoke({ token: `${header}.${claims}.` }),
  ]

  for (const answer of answers) assert.equal(answer.status, 200)
  await assertAlive(person)
})

test('§2.1: a refresh token ends with all access tokens of its grant', async () => {
  const { accessToken, refreshToken } = await givenPerson(given)
  const bystander = await givenPerson(given)
  const rotated = await given.post('/oauth/token', refreshForm(refreshToken))
  const successor = at(rotated.json, 'refresh_token')

  const answer = await revoke({ token: successor, client_id: 'first-party' })

  assert.equal(answer.status, 200)
  assertOAuthError(await given.post('/oauth/token', refreshForm(successor)), 400, 'invalid_grant')
  assert.equal(await statusOf(accessToken), 401)
  assert.equal(await statusOf(at(rotated.json, 'access_token')), 401)
  await assertAlive(bystander)
})

test('§2.1: an access token ends at once, and its siblings live', async () => {
  const { accessToken, refreshToken } = await givenPerson(given)
  const sibling = await given.post('/oauth/token', refreshForm(refreshToken))
  assert.equal(await statusOf(accessToken), 200)

  const answer = await revoke({ token: accessToken })

  assert.equal(answer.status, 200)
  assert.equal(await statusOf(accessToken), 401)
  assert.equal(await statusOf(at(sibling.json, 'access_token')), 200)
})

for (const hint of ['access_token', 'refresh_token', 'nonsense']) {
  test(`§2.1: the hint ${hint} is only a hint`, async () => {
    const { accessToken, refreshToken } = await givenPerson(given)

    for (const token of [accessToken, refreshToken]) {
      assert.equal((await revoke({ token, token_type_hint: hint })).status, 200)
    }

    assert.equal(await statusOf(accessToken), 401)
    assertOAuthError(await given.post('/oauth/token', refreshForm(refreshToken)), 400, 'invalid_grant')
  })
}

test('§2.2: an unknown token is answered as a known one is, and so is the second time', async () => {
  const { refreshToken } = await givenPerson(given)
  const toComparable = ({ status, text, headers }: Answer): object => {
    const compared = new Map(
      [...headers].filter(([name]) => name !== 'date' && !name.startsWith('ratelimit')),
    )
    return { status, text, headers: compared }
  }

  const first = await revoke({ token: refreshToken })
  const second = await revoke({ token: refreshToken })
  const unknown = await revoke({ token: 'nobody-knows-this' })

  assert.equal(first.status, 200)
  assert.equal(first.text, '')
  assert.deepEqual(toComparable(second), toComparable(first))
  assert.deepEqual(toComparable(unknown), toComparable(first))
})
