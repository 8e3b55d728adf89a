/**
 * A service that people sign in with, on this machine: OpenID Connect, and OAuth as GitHub speaks it. It answers at once
 * for whoever stands before it, holds its client to what a client must do, and lies where a test tells it to.
 */
import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type Claims, createTokenMaker, type FalseSignature, HEADER } from './fake-id-tokens.ts'

export interface FakePerson {
  readonly sub: string
  readonly email?: string
  readonly emailVerified?: boolean
  readonly name?: string
}

/** What it does otherwise than it should; each stays until it is taken back. */
export interface Lies {
  /** The answer that the browser carries back. */
  answer?: (fields: URLSearchParams) => void
  /** The ID token's claims and header. */
  claims?: (claims: Claims, header: Claims) => void
  signature?: FalseSignature
  /** Whom UserInfo, or the user's address, tells of. */
  user?: (claims: Claims) => void
  /** In place of the answer of a path; false where it leaves that one alone. */
  instead?: (path: string, response: ServerResponse) => boolean
}

interface Granted {
  readonly person: FakePerson
  readonly redirectUri: string
  readonly challenge: string
  readonly nonce: string | null
}

const CLIENT_ID = 'countersign-test'
const TOKEN_SECONDS = 300

/** `nowMs`: by which clock its ID tokens are dated; the system's unless given. */
export async function startFakeProvider(nowMs: () => number = () => Date.now()): Promise<FakeProvider> {
  const provider = new FakeProvider(nowMs)
  await provider.listen()
  return provider
}

export class FakeProvider {
  readonly clientId: string = CLIENT_ID
  readonly clientSecret: string = randomBytes(24).toString('base64url')
  /** Whoever is signed in there. */
  person: FakePerson = { sub: 'person-1', email: 'anna@example.com', emailVerified: true, name: 'Anna' }
  /** Whether the claims of the person stand in the ID token, too, and not in UserInfo alone. */
  tellsInToken: boolean = true
  lies: Lies = {}
  /** Every request, by method and path. */
  readonly asked: string[] = []

  readonly #nowMs: () => number
  readonly #server: Server
  readonly #maker = createTokenMaker(this.clientSecret)
  readonly #codes = new Map<string, Granted>()
  readonly #tokens = new Map<string, FakePerson>()

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
    })
  }

  async listen(): Promise<void> {
    await new Promise<void>((go) => this.#server.listen(0, '127.0.0.1', go))
  }

  get issuer(): string {
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  }

  /** Every access token that it gave; they belong to its client and to nobody else. */
  get given(): readonly string[] {
    return [...this.#tokens.keys()]
  }

  async close(): Promise<void> {
    const closed = new Promise((go) => this.#server.close(go))
    this.#server.closeAllConnections()
    await closed
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer)
    this.asked.push(`${request.method} ${url.pathname}`)
    if (this.lies.instead?.(url.pathname, response) === true) return
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return sendJson(response, 200, toDiscovery(this.issuer))
      case '/jwks':
        return sendJson(response, 200, this.#maker.jwks)
      case '/authorize':
      case '/login/oauth/authorize':
        return this.#authorize(url.searchParams, response)
      case '/token':
      case '/login/oauth/access_token':
        return this.#redeem(request, response, url.pathname === '/token')
      case '/userinfo':
      case '/api/v3/user':
      case '/api/v3/user/emails':
        return this.#tell(request, response, url.pathname)
      default:
        response.writeHead(404).end()
    }
  }

  #authorize(query: URLSearchParams, response: ServerResponse): void {
    const redirectUri = query.get('redirect_uri') ?? ''
    const isRight =
      query.get('client_id') === CLIENT_ID &&
      query.get('response_type') === 'code' &&
      query.get('code_challenge_method') === 'S256'
    if (!isRight) return void response.writeHead(400).end('This is no request of the client.')
    const code = randomBytes(16).toString('base64url')
    const challenge = query.get('code_challenge') ?? ''
    this.#codes.set(code, { person: this.person, redirectUri, challenge, nonce: query.get('nonce') })
    const fields = new URLSearchParams({ code, state: query.get('state') ?? '', iss: this.issuer })
    this.lies.answer?.(fields)
    response.writeHead(302, { location: `${redirectUri}?${fields}` }).end()
  }

  async #redeem(request: IncomingMessage, response: ServerResponse, isOidc: boolean): Promise<void> {
    const form = await readForm(request)
    const code = form.get('code') ?? ''
    const found = this.#codes.get(code)
    this.#codes.delete(code)
    if (!isClient(request, form, this.clientSecret))
      return sendJson(response, 401, { error: 'invalid_client' })
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    const isRight = found?.redirectUri === form.get('redirect_uri') && found?.challenge === challenge
    if (found === undefined || !isRight) return sendJson(response, 400, { error: 'invalid_grant' })
    const token = randomBytes(24).toString('base64url')
    this.#tokens.set(token, found.person)
    const common = { access_token: token, token_type: 'bearer', expires_in: TOKEN_SECONDS }
    sendJson(response, 200, isOidc ? { ...common, id_token: this.#idTokenOf(found) } : common)
  }

  #idTokenOf({ person, nonce }: Granted): string {
    const at = Math.floor(this.#nowMs() / 1000)
    const claims: Claims = {
      iss: this.issuer,
      aud: CLIENT_ID,
      iat: at,
      exp: at + TOKEN_SECONDS,
      ...(nonce !== null && { nonce }),
      ...(this.tellsInToken ? toClaims(person) : { sub: person.sub }),
    }
    const header: Claims = { ...HEADER }
    this.lies.claims?.(claims, header)
    return this.#maker.sign(header, claims, this.lies.signature ?? null)
  }

  #tell({ headers }: IncomingMessage, response: ServerResponse, path: string): void {
    const [, token = ''] = /^bearer (.+)$/i.exec(headers.authorization ?? '') ?? []
    const person = this.#tokens.get(token)
    if (person === undefined) sendJson(response, 401, { error: 'invalid_token' })
    else if (path === '/api/v3/user/emails') sendJson(response, 200, toEmails(person))
    else sendJson(response, 200, this.#describe(person, path))
  }

  #describe(person: FakePerson, path: string): Claims {
    const claims = path === '/userinfo' ? toClaims(person) : toUser(person)
    this.lies.user?.(claims)
    return claims
  }
}

const toDiscovery = (issuer: string): Claims => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  userinfo_endpoint: `${issuer}/userinfo`,
  jwks_uri: `${issuer}/jwks`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['ES256'],
  authorization_response_iss_parameter_supported: true,
})

const toClaims = ({ sub, email, emailVerified, name }: FakePerson): Claims => ({
  sub,
  ...(email !== undefined && { email }),
  ...(emailVerified !== undefined && { email_verified: emailVerified }),
  ...(name !== undefined && { name }),
})

/** As GitHub tells of a user; the number is what the subject ends with. */
const toUser = ({ sub, name }: FakePerson): Claims => ({
  id: Number(sub.replaceAll(/\D/g, '')),
  login: 'anna',
  name: name ?? null,
  email: null,
})

const toEmails = ({ email, emailVerified: verified = false }: FakePerson): readonly Claims[] => [
  { email: 'second@example.org', primary: false, verified: true },
  ...(email === undefined ? [] : [{ email, primary: true, verified }]),
]

/** RFC 6749 §2.3.1: in the header or in the form, and in one of them alone. */
function isClient(request: IncomingMessage, form: URLSearchParams, secret: string): boolean {
  const { authorization } = request.headers
  if (authorization === undefined) {
    return form.get('client_id') === CLIENT_ID && form.get('client_secret') === secret
  }
  const given = Buffer.from(authorization.replace(/^basic /i, ''), 'base64').toString()
  return decodeURIComponent(given) === `${CLIENT_ID}:${secret}` && !form.has('client_secret')
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return new URLSearchParams(text)
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
