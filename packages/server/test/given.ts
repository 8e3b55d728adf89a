/** What tests of the authority begin with: a real one on a real database, a person, a program, their credentials. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { Secret, type SignInResponse } from '@countersign/protocol'
import { copyReadyMade, type FirstAdministrator } from '@countersign/tools/ready-made'
import { type Config, parseConfig } from '../src/config.ts'
import { type Authority, createAuthority } from '../src/create.ts'
import { bootstrapAuthority } from '../src/operate.ts'
import { createTestClock, type TestClock } from './clock.ts'
import { assertContract } from './contract.ts'

export const PASSWORD = 'seven quiet otters'
export const ISSUER = 'http://localhost:4000'

/** An answer with its body read: tests look at both. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The parsed body; tests assert what they expect in it. */
  readonly json: Readonly<Record<string, unknown>>
}

export interface Given {
  readonly authority: Authority
  readonly clock: TestClock
  /** An API key that may do everything, and the account that was made with it. */
  readonly adminKey: string
  readonly adminAccount: string
  readonly folder: string
  /** Every answer is held to the contract (contract.ts) before the test sees it. */
  send(method: string, path: string, options?: SendOptions): Promise<Answer>
  /** Stops the authority, runs `between` while nobody holds the files, and opens it again, with further settings. */
  restart(between?: () => void | Promise<void>, settings?: Record<string, string>): Promise<void>
}

/** For authorities that many tests share: the clock stands, so limits by address would add up. */
export const UNLIMITED: Readonly<Record<string, string>> = {
  COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_SIGN_IN_ACCOUNT: 'dangerously-off',
  COUNTERSIGN_SIGN_IN_NETWORK_FAILURES: '1000000',
  COUNTERSIGN_RATE_LIMIT_FACTOR: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_PASSKEY: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_SIGN_UP: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_PASSWORD_CHECK: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_TOKEN: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_CLIENT: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_REGISTRATION: 'dangerously-off',
  COUNTERSIGN_INVITATIONS_PER_SENDER_MAX: '10000',
  COUNTERSIGN_INVITATIONS_MAX: '100000',
}

export interface SendOptions {
  readonly body?: unknown
  /** Sent as it is, with the content type that `headers` name. */
  readonly raw?: string | Uint8Array<ArrayBuffer>
  readonly form?: Record<string, string> | string
  readonly bearer?: string
  readonly key?: string
  readonly cookie?: string
  readonly headers?: Record<string, string>
  readonly address?: string
  /** The socket is TLS. */
  readonly encrypted?: boolean
  /** What stands before the path in the URL; the issuer unless given. */
  readonly base?: string
}

/** Starts an authority with an administrator; everything is removed after the test. */
export async function authority(t: TestContext, settings: Record<string, string> = {}): Promise<Given> {
  const { given, close } = await openAuthority(settings)
  t.after(close)
  return given
}

/** The same for all tests of a file: open it at the top, close it in `after`. */
export async function openAuthority(
  settings: Record<string, string> = {},
): Promise<{ given: Given; close: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-test-'))
  let config = configOf(folder, settings)
  const clock = createTestClock()
  const made = await bootstrapIn(folder, settings)
  let running = await createAuthority(config, clock)
  const given: Given = {
    get authority(): Authority {
      return running
    },
    clock,
    adminKey: made.secret,
    adminAccount: made.account,
    folder,
    send: (method, path, options) => send(running, method, path, options),
    restart: async (between = () => undefined, more = {}) => {
      await running.close()
      await between()
      config = configOf(folder, { ...settings, ...more })
      running = await createAuthority(config, clock)
    },
  }
  const close = async (): Promise<void> => {
    await running.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { given, close }
}

/** The first administrator in an empty folder, on a clock that has not moved. */
export const bootstrapIn = (folder: string, settings: Record<string, string>): Promise<FirstAdministrator> =>
  copyReadyMade('server', folder, settings, async (empty) => {
    const input = { email: 'admin@example.com', password: new Secret(PASSWORD), name: null }
    const made = await bootstrapAuthority(configOf(empty, settings), input, createTestClock())
    assert.ok(made.ok)
    return { account: made.account.id, secret: made.apiKey.secret.reveal() }
  })

/** A configuration on a folder of its own. */
export function configOf(folder: string, settings: Record<string, string> = {}): Config {
  const environment = { COUNTERSIGN_DATA: folder, COUNTERSIGN_LOG_LEVEL: 'silent', ...settings }
  const parsed = parseConfig(environment)
  if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'))
  return parsed.config
}

/** One request through the front door, as a browserless program would send it. */
export async function send(
  running: Pick<Authority, 'fetch'>,
  method: string,
  path: string,
  options: SendOptions = {},
): Promise<Answer> {
  const headers = new Headers(options.headers)
  let body: string | Uint8Array<ArrayBuffer> | null = null
  if (options.body !== undefined) {
    headers.set('content-type', 'application/json')
    body = JSON.stringify(options.body)
  }
  if (options.form !== undefined) {
    headers.set('content-type', 'application/x-www-form-urlencoded')
    body = new URLSearchParams(options.form).toString()
  }
  if (options.raw !== undefined) body = options.raw
  if (options.bearer !== undefined) headers.set('authorization', `Bearer ${options.bearer}`)
  if (options.key !== undefined) headers.set('x-api-key', options.key)
  if (options.cookie !== undefined) headers.set('cookie', options.cookie)
  const request = new Request(`${options.base ?? ISSUER}${path}`, { method, headers, body })
  const { address: remoteAddress = '127.0.0.1', encrypted = false } = options
  const response = await running.fetch(request, { remoteAddress, encrypted })
  const text = await response.text()
  const answer = { status: response.status, headers: response.headers, text, json: parseBody(text) }
  assertContract(method, path, answer)
  return answer
}

function parseBody(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

let people = 0

/** A person who has just signed up. */
export async function person(given: Pick<Given, 'send'>): Promise<{ email: string; id: string }> {
  people += 1
  const email = `person-${people}@example.com`
  const answer = await given.send('POST', '/v1/sign-up', { body: { email, password: PASSWORD } })
  assert.equal(answer.status, 201, answer.text)
  return { email, id: at(answer.json, 'account', 'id') }
}

/** A person who is signed in, with what was delivered. */
export async function signedIn(
  given: Pick<Given, 'send'>,
  deliver: 'cookie' | 'session_token' | 'jwt',
  email?: string,
): Promise<SignInResponse & { cookie: string }> {
  const who = email ?? (await person(given)).email
  const answer = await given.send('POST', '/v1/sign-in', {
    body: { email: who, password: PASSWORD, deliver },
  })
  assert.equal(answer.status, 200, answer.text)
  const cookie = (answer.headers.getSetCookie()[0] ?? '').split(';')[0] ?? ''
  return { ...JSON.parse(answer.text), cookie }
}

/** A service account with a key of these permissions. */
export async function keyOf(
  given: Pick<Given, 'send' | 'adminKey'>,
  permissions: readonly string[],
  more: Record<string, unknown> = {},
): Promise<{ id: string; secret: string; owner: string }> {
  people += 1
  const role = `role-${people}`
  await given.send('POST', '/v1/roles', { key: given.adminKey, body: { id: role, permissions } })
  const service = await given.send('POST', '/v1/service-accounts', {
    key: given.adminKey,
    body: { name: 'a program', roles: [role] },
  })
  const owner = at(service.json, 'service_account', 'id')
  const made = await given.send('POST', '/v1/api-keys', {
    key: given.adminKey,
    body: { name: 'a key', permissions, service_account_id: owner, ...more },
  })
  assert.equal(made.status, 201, made.text)
  return { id: at(made.json, 'api_key', 'id'), secret: at(made.json, 'secret'), owner }
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
