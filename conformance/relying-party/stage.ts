/** What the tests of an app have: an authority, somebody on the line to it, the app, and people who sign in to it. */
import assert from 'node:assert/strict'
import { after, type TestContext } from 'node:test'
import { Browser, makePkce, returned } from '../browser.ts'
import { freePort, type Given, givenClient, givenPerson, givenServer, type Person } from '../given.ts'
import { type Command, launchProgram } from '../programs/launch.ts'
import { type Between, type Body, standBetween } from './between.ts'
import { Visitor } from './visitor.ts'

export interface Stage {
  readonly given: Given
  readonly between: Between
  readonly clientId: string
  /** Somebody new, in a browser of their own, in front of the app. */
  visitor(): Promise<Visitor & { readonly person: Person }>
  /** What the authority gives to another app for somebody else, who was asked for with this nonce. */
  tokensOfAnother(nonce: string): Promise<Body>
  /** In front of an app of the same registration that was given another secret. */
  visitorOfImpostor(t: TestContext): Promise<Visitor>
}

const REDIRECT = 'https://another.example.com/callback'

/** For all tests of a file: call it at the top. */
export async function givenStage(command: Command): Promise<Stage> {
  const between = await standBetween()
  const port = await freePort()
  const given = await givenServer({
    COUNTERSIGN_PORT: String(port),
    COUNTERSIGN_ISSUER: between.url,
    // People go to it straight: it is the app's line that somebody stands on.
    COUNTERSIGN_ALLOWED_HOSTS: `localhost:${port}`,
    COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off',
    COUNTERSIGN_RATE_LIMIT_TOKEN: 'dangerously-off',
  })
  between.lead(given.url)
  const { id, secret } = await givenClient(given, {
    grant_types: ['authorization_code', 'refresh_token'],
    // The port is not known before the app listens, and any will do on this address (RFC 8252 §7.3).
    redirect_uris: ['http://127.0.0.1/callback'],
    scopes: ['openid', 'email', 'offline_access'],
  })
  const settings = { ISSUER: between.url, CLIENT_ID: id }
  const app = await launchProgram(command, { ...settings, CLIENT_SECRET: secret })
  after(() => app.stop())
  return {
    given,
    between,
    clientId: id,
    visitor: async () => {
      const person = await givenPerson(given)
      return Object.assign(new Visitor(given, app.url, person.email), { person })
    },
    tokensOfAnother: (nonce) => tokensOfAnother(given, nonce),
    visitorOfImpostor: async (t) => {
      const impostor = await launchProgram(command, { ...settings, CLIENT_SECRET: `${secret}x` })
      t.after(() => impostor.stop())
      return new Visitor(given, impostor.url, (await givenPerson(given)).email)
    },
  }
}

async function tokensOfAnother(given: Given, nonce: string): Promise<Body> {
  const app = { grant_types: ['authorization_code'], redirect_uris: [REDIRECT], scopes: ['openid'] }
  const { id } = await givenClient(given, { ...app, token_endpoint_auth_method: 'none' })
  const { verifier, challenge } = makePkce()
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: id,
    redirect_uri: REDIRECT,
    scope: 'openid',
    nonce,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })
  const browser = new Browser(given)
  const { email } = await givenPerson(given)
  const consent = await browser.signIn(await browser.open(`/oauth/authorize?${query}`), email)
  const last = await browser.submit(consent, { decision: 'allow' })
  const code = returned(last, REDIRECT).get('code') ?? ''
  const form = { grant_type: 'authorization_code', code, client_id: id, redirect_uri: REDIRECT }
  const answer = await given.post('/oauth/token', { ...form, code_verifier: verifier })
  assert.equal(answer.status, 200, answer.text)
  return answer.json
}
