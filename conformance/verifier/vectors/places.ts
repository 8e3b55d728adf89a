/** The vectors about where a credential stands in a request: each kind at each place, alone and with others. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newId, newRefreshToken } from '../fake/credentials.ts'
import type { CheckOptions, Command } from '../program.ts'
import { type OpenStage, openStage } from '../stage.ts'

const COOKIE = '__Host-countersign_session'

interface Good {
  readonly token: string
  readonly session: string
  readonly apiKey: string
  readonly refresh: string
}

type PlaceVector = readonly [status: number, what: string, place: (good: Good) => CheckOptions]

/** Node's types know no header of several lines by this name, and its client sends them all the same. */
const authorization = (...values: string[]): CheckOptions => ({
  headers: Object.fromEntries([['authorization', values]]),
})

const vectors: readonly PlaceVector[] = [
  [401, 'no credential', () => ({})],
  [401, 'an API key as bearer token', ({ apiKey }) => ({ bearer: apiKey })],
  [401, 'a session token where API keys stand', ({ session }) => ({ key: session })],
  [401, 'an access token where API keys stand', ({ token }) => ({ key: token })],
  [401, 'a session token with the scheme of API keys', ({ session }) => authorization(`ApiKey ${session}`)],
  [401, 'an access token with the scheme of API keys', ({ token }) => authorization(`ApiKey ${token}`)],
  [401, 'an access token in the cookie', ({ token }) => ({ cookie: `${COOKIE}=${token}` })],
  [401, 'an API key in the cookie', ({ apiKey }) => ({ cookie: `${COOKIE}=${apiKey}` })],
  [401, 'a refresh token as bearer token', ({ refresh }) => ({ bearer: refresh })],
  [401, 'a refresh token where API keys stand', ({ refresh }) => ({ key: refresh })],
  [401, 'a refresh token in the cookie', ({ refresh }) => ({ cookie: `${COOKIE}=${refresh}` })],
  [401, 'a session token with the scheme Basic', ({ session }) => authorization(`Basic ${session}`)],
  [401, 'a session token without a scheme', ({ session }) => authorization(session)],
  [401, 'a scheme without a credential', () => authorization('Bearer')],
  [401, 'a scheme and a space', () => authorization('Bearer ')],
  [
    401,
    'two credentials after one scheme',
    ({ session, token }) => authorization(`Bearer ${session} ${token}`),
  ],
  [
    401,
    'two credentials joined by a comma',
    ({ session, token }) => authorization(`Bearer ${session}, Bearer ${token}`),
  ],
  [
    401,
    'the same header twice',
    ({ session, token }) => authorization(`Bearer ${session}`, `Bearer ${token}`),
  ],
  [401, 'the header of API keys twice', ({ apiKey }) => ({ headers: { 'x-api-key': [apiKey, apiKey] } })],
  [401, 'an access token in the URL', ({ token }) => ({ query: `?access_token=${token}` })],
  [401, 'a session token in the URL', ({ session }) => ({ query: `?session_token=${session}` })],
  [401, 'a session token in a cookie of another name', ({ session }) => ({ cookie: `session=${session}` })],
  [
    401,
    'two cookies of the name',
    ({ session }) => ({ cookie: `${COOKIE}=${session}; ${COOKIE}=${session}` }),
  ],
  [
    401,
    'a cookie with white space of another kind before its name',
    ({ session }) => ({ cookie: `a=b;\u00a0${COOKIE}=${session}` }),
  ],
  [401, 'a cookie in quotes', ({ session }) => ({ cookie: `${COOKIE}="${session}"` })],
  [
    401,
    'a bad header beside a good cookie',
    ({ session }) => ({ bearer: 'garbage', cookie: `${COOKIE}=${session}` }),
  ],
  [
    401,
    'an empty header beside a good cookie',
    ({ session }) => ({ ...authorization(''), cookie: `${COOKIE}=${session}` }),
  ],
  [
    401,
    'a bad API key beside a good cookie',
    ({ session }) => ({ key: 'garbage', cookie: `${COOKIE}=${session}` }),
  ],
  [400, 'a bearer token and an API key', ({ token, apiKey }) => ({ bearer: token, key: apiKey })],
  [
    400,
    'two good API keys in two headers',
    ({ apiKey }) => ({
      ...authorization(`ApiKey ${apiKey}`),
      headers: { authorization: `ApiKey ${apiKey}`, 'x-api-key': apiKey },
    }),
  ],
  [200, 'an access token as bearer token', ({ token }) => ({ bearer: token })],
  [200, 'a session token as bearer token', ({ session }) => ({ bearer: session })],
  [200, 'a session token in the cookie', ({ session }) => ({ cookie: `a=b; ${COOKIE}=${session}; c="d e"` })],
  [200, 'an API key in its header', ({ apiKey }) => ({ key: apiKey })],
  [200, 'an API key with its scheme', ({ apiKey }) => authorization(`ApiKey ${apiKey}`)],
  [200, 'a scheme in small letters', ({ session }) => authorization(`bearer ${session}`)],
  [200, 'a scheme in capitals and more spaces', ({ apiKey }) => authorization(`APIKEY   ${apiKey}`)],
  [200, 'a good header beside a bad cookie', ({ token }) => ({ bearer: token, cookie: `${COOKIE}=garbage` })],
]

export function describePlaces(command: Command): void {
  describe('places', { concurrency: 1 }, () => {
    let stage: OpenStage
    let good: Good
    before(async () => {
      stage = await openStage(command)
      good = {
        token: stage.token(),
        session: stage.opaque('session').credential,
        apiKey: stage.opaque('api_key').credential,
        refresh: newRefreshToken(newId('gra')),
      }
    })
    after(() => stage.close())

    for (const [status, what, place] of vectors) {
      test(`${what}: ${status}`, async () => {
        assert.equal(await stage.decided(place(good)), status)
      })
    }

    test('what stood in a wrong place was never shown to the authority', () => {
      const shown = stage.line.passed('/v1/verify').map(({ body }) => body)

      assert.ok(shown.every((body) => body.includes(good.session) || body.includes(good.apiKey)))
    })
  })
}
