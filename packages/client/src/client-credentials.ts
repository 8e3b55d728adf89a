/**
 * A program gets an access token in its own name (RFC 6749 §4.4), proves who it is with a signature (RFC 7523 §2.2),
 * and may have the token bound to a key (RFC 9449 §5).
 */
import { Secret } from '@countersign/protocol'
import { TIMEOUT_MS, toBaseUrl } from './client.ts'
import { AuthorityUnreachable } from './errors.ts'
import { exchange, type Outgoing } from './exchange.ts'
import { signJwt } from './jws.ts'
import { defaultPorts } from './ports.ts'
import type { ProofKey } from './proof-key.ts'
import { createProvenSend } from './proving-fetch.ts'

export interface ClientCredentialsOptions {
  /** The authority's URL, which is its issuer. */
  readonly baseUrl: string
  readonly clientId: string
  /** The private half of a key of the client's `jwks`: on P-256, or Ed25519. It need not be extractable. */
  readonly key: CryptoKey
  /** The key's `kid` in the client's `jwks`. */
  readonly keyId: string
  /** All that the client may have, unless it is given. */
  readonly scope?: string | undefined
  readonly audience?: string | undefined
  /** The access token is bound to it, and good with `createProvingFetch` alone. */
  readonly proofKey?: ProofKey | undefined
  readonly fetch?: typeof globalThis.fetch | undefined
  readonly timeoutMs?: number | undefined
}

export interface ProgramToken {
  readonly accessToken: Secret
  readonly tokenType: 'Bearer' | 'DPoP'
  readonly expiresInSeconds: number
  readonly scope: string
}

/** Throws `ApiProblem` where it is refused, and `AuthorityUnreachable` when nothing can be known. */
export async function getProgramToken(options: ClientCredentialsOptions): Promise<ProgramToken> {
  const baseUrl = toBaseUrl(options.baseUrl)
  const ports = defaultPorts(options.fetch)
  const outgoing: Outgoing = {
    method: 'POST',
    url: `${baseUrl}/oauth/token`,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: null,
    cookies: false,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
  }
  const { proofKey } = options
  // Each try has an assertion of its own: the authority takes none twice, and the first try used its one up.
  const send =
    proofKey === undefined
      ? async (make: () => Promise<Request>) => ports.fetch(await make())
      : createProvenSend(proofKey, { fetch: ports.fetch })
  const fetch: typeof globalThis.fetch = (url, init) =>
    send(async () => new Request(url, { ...init, body: await toForm(options, baseUrl) }))
  const token = parseToken(await exchange({ ...ports, fetch }, outgoing))
  const isExpected = token !== null && token.tokenType === (proofKey === undefined ? 'Bearer' : 'DPoP')
  // RFC 9449 §5: a bearer token where a bound one was asked for is worth more to a thief than anybody meant.
  if (isExpected) return token
  throw new AuthorityUnreachable(
    'unexpected_answer',
    `The authority at ${baseUrl} answered with no such token.`,
  )
}

const ASSERTION_SECONDS = 60

async function toForm(options: ClientCredentialsOptions, baseUrl: string): Promise<string> {
  const { clientId, key, keyId, scope, audience } = options
  const iat = Math.floor(Date.now() / 1000)
  const claims = {
    iss: clientId,
    sub: clientId,
    // The issuer and nothing else: another server could name the token endpoint as its own, and replay it there.
    aud: baseUrl,
    jti: crypto.randomUUID(),
    iat,
    exp: iat + ASSERTION_SECONDS,
  }
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await signJwt(key, { kid: keyId }, claims),
  })
  if (scope !== undefined) form.set('scope', scope)
  if (audience !== undefined) form.set('audience', audience)
  return form.toString()
}

function parseToken(body: unknown): ProgramToken | null {
  if (typeof body !== 'object' || body === null) return null
  if (!('access_token' in body) || typeof body.access_token !== 'string') return null
  if (!('token_type' in body) || (body.token_type !== 'Bearer' && body.token_type !== 'DPoP')) return null
  if (!('expires_in' in body) || typeof body.expires_in !== 'number') return null
  return {
    accessToken: new Secret(body.access_token),
    tokenType: body.token_type,
    expiresInSeconds: body.expires_in,
    scope: 'scope' in body && typeof body.scope === 'string' ? body.scope : '',
  }
}
