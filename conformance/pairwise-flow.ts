/** What tests of pairwise subjects share: apps that know people by names, and somebody who signs in to them. */
import assert from 'node:assert/strict'
import { decodeJwt } from 'jose'
import type { Browser } from './browser.ts'
import { type Flow, givenFlow, REDIRECT } from './code-flow.ts'
import { type Answer, at, basicHeader, givenPerson, type RegisteredClient } from './given.ts'

export interface Tokens {
  readonly json: Answer['json']
  readonly access: string
  readonly refresh: string
  readonly idToken: string
  /** As the ID token names them. */
  readonly sub: string
  readonly sid: string
}

export interface Somebody {
  readonly id: string
  readonly browser: Browser
}

export interface PairwiseFlow extends Flow {
  /** Its sector is the host of its redirect URI. */
  pairwise(more?: object): Promise<RegisteredClient>
  somebody(): Promise<Somebody>
  signInTo(client: RegisteredClient, browser: Browser, redirect?: string): Promise<Tokens>
  refresh(client: RegisteredClient, refreshToken: string): Promise<Answer>
  /** The session as the authority knows it. */
  sessionOf(browser: Browser): Promise<string>
}

export async function givenPairwise(settings: Readonly<Record<string, string>> = {}): Promise<PairwiseFlow> {
  const flow = await givenFlow(settings)
  const { given, register, signedIn, codeFor, redeem } = flow

  const signInTo: PairwiseFlow['signInTo'] = async (client, browser, redirect = REDIRECT) => {
    const parameters = { client_id: client.id, redirect_uri: redirect }
    const code = await codeFor(browser, { ...parameters, scope: 'openid profile email notes:read' })
    return toTokens(await redeem(code, parameters, headersOf(client)))
  }
  return {
    ...flow,
    signInTo,
    pairwise: (more = {}) => register({ subject_type: 'pairwise', ...more }),
    somebody: async () => {
      const { id, email } = await givenPerson(given, ['notes:read'])
      return { id, browser: await signedIn(email) }
    },
    refresh: (client, refresh_token) =>
      given.post(
        '/oauth/token',
        { grant_type: 'refresh_token', refresh_token, client_id: client.id },
        { headers: { ...headersOf(client) } },
      ),
    sessionOf: async (browser) => {
      const me = await given.send('GET', '/v1/me', { bearer: bearerOf(browser) })
      return at(me.json, 'credential', 'id')
    },
  }
}

/** By the way that a client with a secret is registered for here. */
export const headersOf = ({ id, secret }: RegisteredClient): object =>
  secret === '' ? {} : basicHeader(id, secret)

export const bearerOf = ({ cookies }: Browser): string => cookies.get('__Host-countersign_session') ?? ''

function toTokens(answer: Answer): Tokens {
  assert.equal(answer.status, 200, answer.text)
  const { json } = answer
  const idToken = at(json, 'id_token')
  const { sub = '', sid } = decodeJwt(idToken)
  const [access, refresh] = [at(json, 'access_token'), at(json, 'refresh_token')]
  return { json, access, refresh, idToken, sub, sid: String(sid) }
}
