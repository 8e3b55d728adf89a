/** RFC 8693: what is no access token is not exchanged under its name, and an end that comes at the same moment wins. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { givenFlow } from './code-flow.ts'
import {
  ACCESS_TOKEN_TYPE,
  type Answer,
  assertOAuthError,
  at,
  basicHeader,
  EXCHANGE,
  givenClient,
  givenProgram,
} from './given.ts'

const [GYM, POOL] = ['https://gym.example', 'https://pool.example']
const ROUNDS = 12

const { given, register, signedIn, codeFor, redeem } = await givenFlow({ COUNTERSIGN_AUDIENCES: GYM })
const app = await register({ audiences: [GYM] })
const { account } = await givenProgram(given, [], { boundTo: [GYM], key: { permissions: [] } })
const service = await givenClient(given, {
  grant_types: [EXCHANGE],
  scopes: ['notes:read'],
  audiences: [POOL],
  service_account_id: account,
})
const headers = basicHeader(service.id, service.secret)
const browser = await signedIn()

async function tokensOfSomebody(): Promise<Answer['json']> {
  const answer = await redeem(await codeFor(browser, { client_id: app.id }), { client_id: app.id })
  assert.equal(answer.status, 200, answer.text)
  return answer.json
}

const exchange = (subject: string): Promise<Answer> =>
  given.post(
    '/oauth/token',
    { grant_type: EXCHANGE, subject_token: subject, subject_token_type: ACCESS_TOKEN_TYPE },
    { headers },
  )

test('§2.1: an ID token under the name of an access token is answered invalid_request', async () => {
  const tokens = await tokensOfSomebody()

  assertOAuthError(await exchange(at(tokens, 'id_token')), 400, 'invalid_request')
  // The access token beside it is taken: it is the kind that was refused.
  assert.equal((await exchange(at(tokens, 'access_token'))).status, 200)
})

test('§2.2.1: whoever exchanges while the subject token ends has nothing that lives on', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const subject = at(await tokensOfSomebody(), 'access_token')
    const end = (): Promise<Answer> => given.post('/oauth/revoke', { token: subject, client_id: app.id })
    const start = (): Promise<Answer> => exchange(subject)

    // Each of the two is sent first in every other round.
    const [first, second] = await Promise.all(round % 2 === 0 ? [start(), end()] : [end(), start()])
    const [exchanged, ended] = round % 2 === 0 ? [first, second] : [second, first]

    assert.equal(ended.status, 200, ended.text)
    if (exchanged.status !== 200) {
      assertOAuthError(exchanged, 400, 'invalid_request')
      continue
    }
    const token = at(exchanged.json, 'access_token')
    const asked = await given.post('/oauth/introspect', { token }, { headers })
    assert.deepEqual(asked.json, { active: false })
  }
})
