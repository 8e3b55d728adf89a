/** The requests that are measured, the same for both sides. */
import { createHash } from 'node:crypto'
import { toRequest, type Wire } from '../server/wire.ts'
import { REDIRECT, SCOPE, type Side } from './setup.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
/** RFC 7636: one pair for all, since making pairs is the client's work. */
const VERIFIER = 'a-code-verifier-that-is-long-enough-for-rfc-7636-and-no-secret'
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')

/** Sends one request and reads its answer. */
export type Exchange = () => Promise<void>

export function toAuthorizePath({ authorizePath, webId }: Pick<Side, 'authorizePath' | 'webId'>): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: webId,
    redirect_uri: REDIRECT,
    scope: SCOPE,
    state: 'a state',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  })
  return `${authorizePath}?${query}`
}

export function byClientCredentials({
  port,
  tokenPath,
  service,
  serviceForm,
}: Side): (wire: Wire) => Exchange {
  const headers = { ...FORM, authorization: service }
  const request = toRequest('POST', port, tokenPath, headers, serviceForm)
  return (wire) => async () => {
    await askToken(wire, request)
  }
}

/** One token each, introspected again and again by the client that it was issued to. */
export function toIntrospections(side: Side, wires: readonly Wire[]): Promise<readonly Exchange[]> {
  const { port, tokenPath, introspectPath, service } = side
  const headers = { ...FORM, authorization: service }
  return Promise.all(
    wires.map(async (wire) => {
      // Without an audience the peer's token is opaque: it introspects none of its JWTs.
      const issued = await askToken(wire, toRequest('POST', port, tokenPath, headers, toIssueForm(side)))
      const request = toRequest('POST', port, introspectPath, headers, `token=${issued.access_token}`)
      return async () => {
        const { status, body } = await wire.send(request)
        if (status !== 200 || !body.includes('"active":true')) {
          throw new Error(`An introspection was answered ${status}: ${body}`)
        }
      }
    }),
  )
}

const toIssueForm = ({ serviceForm }: Side): string => serviceForm.replace(/&resource=[^&]*/, '')

/** The whole way of somebody who is signed in: to the code, and from it to the tokens. */
export async function authorizeAndRedeem(side: Side, wire: Wire): Promise<Tokens> {
  const { port, tokenPath, web, cookie } = side
  const asked = await wire.send(toRequest('GET', port, toAuthorizePath(side), { cookie }))
  const code = URL.parse(asked.location ?? '')?.searchParams.get('code')
  if (code === undefined || code === null) {
    throw new Error(`An authorization was answered ${asked.status}, to ${asked.location}: ${asked.body}`)
  }
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT,
    code_verifier: VERIFIER,
  })
  return askToken(wire, toRequest('POST', port, tokenPath, { ...FORM, authorization: web }, form.toString()))
}

/** Each connection has a family of its own, and refreshes with what it was given the last time. */
export function toRefreshes(side: Side, wires: readonly Wire[]): Promise<readonly Exchange[]> {
  return Promise.all(
    wires.map(async (wire) => {
      const { refresh_token: token } = await authorizeAndRedeem(side, wire)
      return refreshing(side, wire, token)
    }),
  )
}

/** Goes on from a refresh token, each time with the one that came the last time. */
function refreshing({ port, tokenPath, web }: Side, wire: Wire, first: string | undefined): Exchange {
  const headers = { ...FORM, authorization: web }
  let token = first
  return async () => {
    const form = `grant_type=refresh_token&refresh_token=${token}`
    const before = token
    token = (await askToken(wire, toRequest('POST', port, tokenPath, headers, form))).refresh_token
    if (token === undefined || token === before) throw new Error('The refresh token was not rotated.')
  }
}

export interface Tokens {
  readonly access_token: string
  readonly refresh_token?: string
}

async function askToken(wire: Wire, request: string): Promise<Tokens> {
  const { status, body } = await wire.send(request)
  if (status !== 200) throw new Error(`A token request was answered ${status}: ${body}`)
  return JSON.parse(body)
}
