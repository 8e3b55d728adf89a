/** What tests of the authorization code share: an app, somebody, and the way from the request to the code. */
import assert from 'node:assert/strict'
import { Browser, makePkce, type Pkce, returned } from './browser.ts'
import {
  type Answer,
  type Given,
  givenClient,
  givenPerson,
  givenServer,
  type Person,
  type RegisteredClient,
} from './given.ts'

export const REDIRECT = 'https://app.example.com/callback'
export const PERMISSIONS: readonly string[] = ['notes:read', 'notes:write']

export type Parameters = Readonly<Record<string, string | undefined>>

export interface Flow {
  readonly given: Given
  readonly app: RegisteredClient
  readonly person: Person
  readonly pkce: Pkce
  register(more?: object): Promise<RegisteredClient>
  toPath(more?: Parameters): string
  /** Somebody who is signed in here. */
  signedIn(email?: string): Promise<Browser>
  /** Up to where the browser is sent, with consent where it is asked for. */
  allow(browser: Browser, path: string): Promise<Answer>
  codeFor(browser: Browser, more?: Parameters): Promise<string>
  redeem(code: string, more?: Parameters, headers?: object): Promise<Answer>
  /** 200 while an access token is good here. */
  statusOf(bearer: string): Promise<number>
}

export async function givenFlow(settings: Readonly<Record<string, string>> = {}): Promise<Flow> {
  const given = await givenServer({
    COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off',
    COUNTERSIGN_RATE_LIMIT_SIGN_IN_ACCOUNT: 'dangerously-off',
    COUNTERSIGN_RATE_LIMIT_TOKEN: 'dangerously-off',
    ...settings,
  })
  const register: Flow['register'] = (more = {}) =>
    givenClient(given, {
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: [REDIRECT],
      scopes: ['openid', 'profile', 'email', 'offline_access', 'notes:*'],
      ...more,
    })
  const app = await register()
  const person = await givenPerson(given, PERMISSIONS)
  const pkce = makePkce()

  const toPath: Flow['toPath'] = (more = {}) =>
    `/oauth/authorize?${new URLSearchParams(
      toForm({
        response_type: 'code',
        client_id: app.id,
        redirect_uri: REDIRECT,
        scope: 'openid notes:read',
        state: 'a state',
        code_challenge: pkce.challenge,
        code_challenge_method: 'S256',
        ...more,
      }),
    )}`

  const signedIn: Flow['signedIn'] = async (email = person.email) => {
    const browser = new Browser(given)
    await browser.signIn(await browser.open('/login'), email)
    assert.ok(browser.cookies.has('__Host-countersign_session'))
    return browser
  }

  const allow: Flow['allow'] = async (browser, path) => {
    const page = await browser.open(path)
    return /id="consent-allow"/.test(page.text) ? browser.submit(page, { decision: 'allow' }) : page
  }

  const codeFor: Flow['codeFor'] = async (browser, more = {}) => {
    const answer = await allow(browser, toPath(more))
    return returned(answer, more.redirect_uri ?? REDIRECT).get('code') ?? assert.fail(answer.text)
  }

  const redeem: Flow['redeem'] = (code, more = {}, headers = {}) => {
    const form = toForm({
      grant_type: 'authorization_code',
      code,
      client_id: app.id,
      redirect_uri: REDIRECT,
      code_verifier: pkce.verifier,
      ...more,
    })
    return given.post('/oauth/token', form, { headers: { ...headers } })
  }

  const statusOf: Flow['statusOf'] = async (bearer) => (await given.send('GET', '/v1/me', { bearer })).status

  return { given, app, person, pkce, register, toPath, signedIn, allow, codeFor, redeem, statusOf }
}

const toForm = (parameters: Parameters): Record<string, string> =>
  Object.fromEntries(
    Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined),
  )
