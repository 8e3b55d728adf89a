/**
 * What conformance tests begin with: a whole server on a free port and a temporary folder, reached over HTTP
 * like any other, and the people, programs and credentials that the requests need.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, mock } from 'node:test'
import { Secret } from '@countersign/client'
import { bootstrapAuthority, loadConfig, serve } from '@countersign/server'
import { copyReadyMade } from '@countersign/tools/ready-made'

export const PASSWORD = 'nine slow herons wade'
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'
export const API_KEY_TYPE = 'urn:countersign:params:oauth:token-type:api-key'
export const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body where it is a JSON object, else empty. */
  readonly json: Readonly<Record<string, unknown>>
}

export interface SendOptions {
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as `application/x-www-form-urlencoded`; pairs where a name shall stand twice. */
  readonly form?: Form
  /** Sent as it is, with the content type of `headers`. */
  readonly raw?: string
  readonly bearer?: string
  readonly key?: string
  readonly headers?: Readonly<Record<string, string>>
}
export type Form = Record<string, string> | [name: string, value: string][]

export interface Given {
  /** Where it is reached, which is also its issuer. */
  readonly url: string
  /** An API key that may do everything. */
  readonly adminKey: string
  send(method: string, path: string, options?: SendOptions): Promise<Answer>
  /** A form to an OAuth endpoint. */
  post(path: string, form: Form, options?: SendOptions): Promise<Answer>
}

/** Serves until the tests of the file have run. Call it once, at the top. */
export async function givenServer(settings: Readonly<Record<string, string>> = {}): Promise<Given> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-conformance-'))
  const environment = {
    COUNTERSIGN_DATA: folder,
    COUNTERSIGN_PORT: String(await freePort()),
    COUNTERSIGN_LOG_LEVEL: 'silent',
    // Tests get proofs of clients wrong more often than anybody may.
    COUNTERSIGN_RATE_LIMIT_CLIENT: 'dangerously-off',
    ...settings,
  }
  const loaded = await loadConfig(environment, folder)
  assert.ok(loaded.ok, 'The settings of the test are refused.')
  const { secret: adminKey } = await copyReadyMade('conformance', folder, settings, async (empty) => {
    const own = await loadConfig({ ...environment, COUNTERSIGN_DATA: empty }, empty)
    assert.ok(own.ok)
    const first = { email: 'admin@example.com', password: new Secret(PASSWORD), name: null }
    const made = await bootstrapAuthority(own.config, first)
    assert.ok(made.ok)
    return { account: made.account.id, secret: made.apiKey.secret.reveal() }
  })
  const server = await serve(loaded.config)
  after(async () => {
    await server.close()
    await rm(folder, { recursive: true, force: true })
  })
  const send: Given['send'] = (method, path, options) => exchange(server.url, method, path, options)
  return {
    url: server.url,
    adminKey,
    send,
    post: (path, form, options) => send('POST', path, { ...options, form }),
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  assert.ok(typeof address === 'object' && address !== null)
  return address.port
}

export async function exchange(
  url: string,
  method: string,
  path: string,
  options: SendOptions = {},
): Promise<Answer> {
  const headers = new Headers(options.headers)
  let body: string | null = options.raw ?? null
  if (options.body !== undefined) {
    headers.set('content-type', 'application/json')
    body = JSON.stringify(options.body)
  }
  if (options.form !== undefined) {
    headers.set('content-type', 'application/x-www-form-urlencoded')
    body = new URLSearchParams(options.form).toString()
  }
  if (options.bearer !== undefined) headers.set('authorization', `Bearer ${options.bearer}`)
  if (options.key !== undefined) headers.set('x-api-key', options.key)
  const response = await fetch(new URL(path, url), { method, headers, body, redirect: 'manual' })
  return toAnswer(response.status, response.headers, await response.text())
}

export function toAnswer(status: number, headers: Headers, text: string): Answer {
  return { status, headers, text, json: toObject(text) }
}

function toObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

/**
 * Moves the clock of this process, and so of the server in it, which reads nothing but `Date`. Timers and
 * sockets go on as they were.
 */
export function advanceSeconds(seconds: number): void {
  if (!isClockHeld) {
    mock.timers.enable({ apis: ['Date'], now: Date.now() })
    isClockHeld = true
  }
  mock.timers.tick(seconds * 1000)
}
let isClockHeld = false

let counted = 0

/** A role with these permissions; the name is new each time. */
export async function givenRole(given: Given, permissions: readonly string[]): Promise<string> {
  counted += 1
  const id = `role-${counted}`
  const answer = await given.send('POST', '/v1/roles', { key: given.adminKey, body: { id, permissions } })
  assert.equal(answer.status, 201, answer.text)
  return id
}

export interface Person {
  readonly id: string
  readonly email: string
  readonly accessToken: string
  readonly refreshToken: string
}

/** Somebody with these permissions, signed in with an access token and a refresh token. */
export async function givenPerson(given: Given, permissions: readonly string[] = []): Promise<Person> {
  const roles = permissions.length > 0 ? [await givenRole(given, permissions)] : []
  counted += 1
  const email = `person-${counted}@example.com`
  const made = await given.send('POST', '/v1/accounts', {
    key: given.adminKey,
    body: { email, password: PASSWORD, roles, require_password_change: false },
  })
  assert.equal(made.status, 201, made.text)
  const answer = await given.send('POST', '/v1/sign-in', {
    body: { email, password: PASSWORD, deliver: 'jwt' },
  })
  assert.equal(answer.status, 200, answer.text)
  return {
    id: at(made.json, 'account', 'id'),
    email,
    accessToken: at(answer.json, 'access_token'),
    refreshToken: at(answer.json, 'refresh_token'),
  }
}

/** The session token of somebody new. */
export async function givenSession(given: Given): Promise<string> {
  const { email } = await givenPerson(given)
  const body = { email, password: PASSWORD, deliver: 'session_token' }
  const answer = await given.send('POST', '/v1/sign-in', { body })
  assert.equal(answer.status, 200, answer.text)
  return at(answer.json, 'session_token')
}

export interface Program {
  readonly account: string
  readonly keyId: string
  readonly key: string
}

export interface ProgramOptions {
  /** What the service account is bound to. */
  readonly boundTo?: readonly string[]
  /** Further members of the request that creates the key. */
  readonly key?: Readonly<Record<string, unknown>>
}

/** A service account with an API key of these permissions. */
export async function givenProgram(
  given: Given,
  permissions: readonly string[],
  options: ProgramOptions = {},
): Promise<Program> {
  const roles = [await givenRole(given, permissions)]
  const account = await given.send('POST', '/v1/service-accounts', {
    key: given.adminKey,
    body: { name: 'a program', roles, audiences: options.boundTo ?? [] },
  })
  const owner = at(account.json, 'service_account', 'id')
  const made = await given.send('POST', '/v1/api-keys', {
    key: given.adminKey,
    body: { name: 'a key', permissions, service_account_id: owner, ...options.key },
  })
  assert.equal(made.status, 201, made.text)
  return { account: owner, keyId: at(made.json, 'api_key', 'id'), key: at(made.json, 'secret') }
}

export interface RegisteredClient {
  readonly id: string
  /** Empty for a client without one. */
  readonly secret: string
}

/** An OAuth client; what is not said is that of one with a secret and without any grant. */
export async function givenClient(
  given: Given,
  more: Readonly<Record<string, unknown>> = {},
): Promise<RegisteredClient> {
  counted += 1
  const body = {
    id: `client-${counted}`,
    name: 'A client',
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: [],
    scopes: [],
    ...more,
  }
  const made = await given.send('POST', '/v1/clients', { key: given.adminKey, body })
  assert.equal(made.status, 201, made.text)
  return { id: body.id, secret: String(made.json.client_secret ?? '') }
}

/** One that speaks for a service account of these permissions. */
export async function givenSpeaker(
  given: Given,
  permissions: readonly string[],
  more: Readonly<Record<string, unknown>> = {},
): Promise<RegisteredClient & { account: string }> {
  const { account } = await givenProgram(given, permissions)
  const client = await givenClient(given, {
    grant_types: ['client_credentials'],
    scopes: permissions,
    service_account_id: account,
    ...more,
  })
  return { ...client, account }
}

/** RFC 6749 §2.3.1. */
export const basicHeader = (id: string, secret: string): { authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
})

/** The parameters that exchange an API key (RFC 8693 §2.1). */
export const exchangeForm = (
  key: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> => ({
  grant_type: EXCHANGE,
  subject_token: key,
  subject_token_type: API_KEY_TYPE,
  ...more,
})

/** The parameters that refresh (RFC 6749 §6). */
export const refreshForm = (
  token: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> => ({
  grant_type: 'refresh_token',
  refresh_token: token,
  client_id: 'first-party',
  ...more,
})

/** An access token for an API key. */
export async function givenExchanged(
  given: Given,
  key: string,
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const answer = await given.post('/oauth/token', exchangeForm(key, more))
  assert.equal(answer.status, 200, answer.text)
  return at(answer.json, 'access_token')
}

/** RFC 6749 §5.2: the members, the characters that may stand in them, and the headers. */
export function assertOAuthError(answer: Answer, status: number, error: string): void {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.json.error, error, answer.text)
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json(?:;|$)/)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  assert.equal(answer.headers.get('pragma'), 'no-cache')
  assert.match(String(answer.json.error_description), /^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/)
  for (const name of Object.keys(answer.json))
    assert.ok(['error', 'error_description', 'error_uri'].includes(name))
}

/** The text at a path of a body; fails the test where there is none. */
export function at(json: unknown, ...path: readonly string[]): string {
  let value: unknown = json
  for (const name of path) {
    assert.ok(typeof value === 'object' && value !== null && name in value, `There is no ${path.join('.')}.`)
    value = Reflect.get(value, name)
  }
  assert.equal(typeof value, 'string', `${path.join('.')} is no text.`)
  return String(value)
}
