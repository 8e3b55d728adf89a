/**
 * The client's side of OpenID Connect and OAuth towards one provider, by `oauth4webapi`. All that is said about answers
 * is checked there: `state` and `iss`, the ID token with its signature, nonce and audience, the subject of UserInfo.
 */
import type { Clock, ProvedIdentity } from '@countersign/core'
import * as oauth from 'oauth4webapi'
import type { Outbound } from '../outbound/ports.ts'
import type { Attempt } from './attempt.ts'
import type { ProviderFailure, Redeemed } from './ports.ts'
import type { OAuthProvider, OidcProvider, Provider } from './spec.ts'
import { askUser } from './user-endpoint.ts'

export interface ProviderClient {
  authorizationUrl(attempt: Attempt, state: string): Promise<string | null>
  redeem(attempt: Attempt, answer: URLSearchParams, state: string): Promise<Redeemed>
}

export interface ClientParts {
  readonly outbound: Outbound
  readonly clock: Clock
  readonly redirectUri: string
}

/** A document is asked for again after that. */
const METADATA_MS = 3_600_000
/** Clocks of others, which nobody here sets. */
const TOLERANCE_SECONDS = 30

export function createProviderClient(provider: Provider, parts: ClientParts): ProviderClient {
  const { redirectUri } = parts
  const options = toOptions(parts)
  const metadata = createMetadata(provider, parts.clock, options)
  const jwks: oauth.JWKSCacheInput = {}
  return {
    async authorizationUrl(attempt, state) {
      const server = await metadata()
      if (server?.authorization_endpoint === undefined) return null
      return toAuthorizationUrl(server.authorization_endpoint, provider, { attempt, state, redirectUri })
    },
    async redeem(attempt, answer, state) {
      const server = await metadata()
      if (server === null) return { ok: false, reason: 'unavailable' }
      try {
        const client = toClient(provider, parts.clock)
        const checked = oauth.validateAuthResponse(server, client, answer, state)
        const response = await oauth.authorizationCodeGrantRequest(
          server,
          client,
          toClientAuth(provider, server),
          checked,
          redirectUri,
          attempt.codeVerifier,
          options,
        )
        const exchange = { server, client, response, options, jwks }
        const proved =
          provider.protocol === 'oidc'
            ? await proveById(provider, attempt, exchange)
            : await proveByAsking(provider, parts.outbound, exchange)
        return proved === null ? { ok: false, reason: 'answer_refused' } : { ok: true, proved }
      } catch (error) {
        return { ok: false, reason: toFailure(error) }
      }
    },
  }
}

interface Options {
  readonly [oauth.customFetch]: (
    url: string,
    init: oauth.CustomFetchOptions<string, unknown>,
  ) => Promise<Response>
  readonly [oauth.allowInsecureRequests]: true
}

/** The guarded way out refuses plain http itself, but for this machine. */
const toOptions = ({ outbound }: ClientParts): Options => ({
  [oauth.customFetch]: (url, init) => fetchBy(outbound, url, init),
  [oauth.allowInsecureRequests]: true,
})

class Unreachable extends Error {}

async function fetchBy(
  outbound: Outbound,
  url: string,
  { method, headers, body }: { method: string; headers: Record<string, string>; body?: unknown },
): Promise<Response> {
  const answer = await outbound.request(url, {
    method: method === 'POST' ? 'POST' : 'GET',
    headers,
    ...(body instanceof URLSearchParams && { body: body.toString() }),
  })
  if (!answer.ok) throw new Unreachable(answer.reason)
  const { status, contentType, text } = answer
  return new Response(status === 204 ? null : text, {
    status,
    headers: contentType === null ? {} : { 'content-type': contentType },
  })
}

/** Kept for an hour, and asked for once by all who wait for it. */
function createMetadata(
  provider: Provider,
  clock: Clock,
  options: Options,
): () => Promise<oauth.AuthorizationServer | null> {
  if (provider.protocol === 'oauth') return () => Promise.resolve(toServer(provider))
  let known: { readonly server: oauth.AuthorizationServer; readonly readMs: number } | null = null
  let asking: Promise<oauth.AuthorizationServer | null> | null = null
  return () => {
    if (known !== null && clock.nowMs() - known.readMs < METADATA_MS) return Promise.resolve(known.server)
    asking ??= discover(provider, options).then((server) => {
      if (server !== null) known = { server, readMs: clock.nowMs() }
      asking = null
      return server
    })
    return asking
  }
}

async function discover(provider: OidcProvider, options: Options): Promise<oauth.AuthorizationServer | null> {
  const issuer = new URL(provider.issuer)
  try {
    const response = await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...options })
    return await oauth.processDiscoveryResponse(issuer, response)
  } catch {
    // Away, or no provider at all: whoever waits is told that it cannot be asked.
    return null
  }
}

const toServer = (provider: OAuthProvider): oauth.AuthorizationServer => ({
  issuer: provider.issuer,
  authorization_endpoint: provider.authorizationEndpoint,
  token_endpoint: provider.tokenEndpoint,
  token_endpoint_auth_methods_supported: ['client_secret_post'],
})

/** The library reads the system's clock; ours is the one that the rest is decided by. */
const toClient = ({ clientId }: Provider, clock: Clock): oauth.Client => ({
  client_id: clientId,
  [oauth.clockSkew]: Math.round((clock.nowMs() - Date.now()) / 1000),
  [oauth.clockTolerance]: TOLERANCE_SECONDS,
})

/** RFC 8414 §2: where nothing is said it is `client_secret_basic`. */
function toClientAuth({ clientSecret }: Provider, server: oauth.AuthorizationServer): oauth.ClientAuth {
  const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  const make = methods.includes('client_secret_basic') ? oauth.ClientSecretBasic : oauth.ClientSecretPost
  return make(clientSecret.reveal())
}

async function toAuthorizationUrl(
  endpoint: string,
  provider: Provider,
  asked: { readonly attempt: Attempt; readonly state: string; readonly redirectUri: string },
): Promise<string> {
  const url = new URL(endpoint)
  const { attempt, state, redirectUri } = asked
  const parameters = {
    client_id: provider.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: provider.scopes.join(' '),
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(attempt.codeVerifier),
    code_challenge_method: 'S256',
    ...(provider.protocol === 'oidc' && { nonce: attempt.nonce }),
    ...(attempt.isAnew && provider.anew),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

interface Exchange {
  readonly server: oauth.AuthorizationServer
  readonly client: oauth.Client
  readonly response: Response
  readonly options: Options
  readonly jwks: oauth.JWKSCacheInput
}

async function proveById(
  provider: OidcProvider,
  { nonce }: Attempt,
  { server, client, response, options, jwks }: Exchange,
): Promise<ProvedIdentity | null> {
  const result = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  })
  await oauth.validateApplicationLevelSignature(server, response, { ...options, [oauth.jwksCache]: jwks })
  const claims = oauth.getValidatedIdTokenClaims(result)
  if (claims === undefined) return null
  const told = claims.email === undefined && server.userinfo_endpoint !== undefined
  const more = told
    ? await readUserInfo({ server, client, options }, result.access_token, claims.sub)
    : claims
  return {
    provider: provider.id,
    issuer: provider.issuer,
    subject: claims.sub,
    email: textOf(more.email),
    isEmailVerified: more.email_verified === true,
    name: textOf(more.name),
    // Told in whole seconds: some moment of that one.
    authTimeMs: claims.auth_time === undefined ? null : claims.auth_time * 1000 + 999,
  }
}

/** Of the same subject as the ID token, or it is refused (OpenID Connect Core §5.3.2). */
async function readUserInfo(
  { server, client, options }: Pick<Exchange, 'server' | 'client' | 'options'>,
  accessToken: string,
  subject: string,
): Promise<oauth.UserInfoResponse> {
  const response = await oauth.userInfoRequest(server, client, accessToken, options)
  return oauth.processUserInfoResponse(server, client, subject, response)
}

async function proveByAsking(
  provider: OAuthProvider,
  outbound: Outbound,
  { server, client, response }: Exchange,
): Promise<ProvedIdentity | null> {
  const result = await oauth.processAuthorizationCodeResponse(server, client, response)
  return askUser(outbound, provider, result.access_token)
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

function toFailure(error: unknown): ProviderFailure {
  if (error instanceof oauth.AuthorizationResponseError && error.error === 'access_denied') return 'denied'
  return error instanceof Unreachable ? 'unavailable' : 'answer_refused'
}
