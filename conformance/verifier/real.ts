/**
 * A stage with a real authority: the whole server on SQLite and loopback, the line to it, and the program under
 * test, whose key belongs to a service account that may do nothing but verify and follow.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '@countersign/client'
import {
  beginEpoch,
  bootstrapAuthority,
  loadConfig,
  type RunningServer,
  StartError,
  serve,
} from '@countersign/server'
import {
  at,
  exchange,
  exchangeForm,
  freePort,
  type Given,
  givenProgram,
  givenRole,
  type Program as Holder,
  PASSWORD,
} from '../given.ts'
import { decide } from './decided.ts'
import { type Line, openLine } from './line.ts'
import { type CheckOptions, type Command, type Program, startProgram } from './program.ts'

export const NOTES = 'https://notes.example'
const VERIFIER_PERMISSIONS = ['credentials:verify', 'revocations:read']

type Loaded = Extract<Awaited<ReturnType<typeof loadConfig>>, { ok: true }>['config']

export class RealStage implements Given {
  /** Replaced when everything has ended that this one could have called with. */
  adminKey: string
  feedKey: Holder | null = null
  readonly line: Line
  readonly #config: Loaded
  readonly #folder: string
  readonly #command: Command
  #server: RunningServer
  #program: Program | null = null
  #people = 0

  static async open(command: Command, leaseMs: number): Promise<RealStage> {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-verifier-'))
    const { config, server, adminKey } = await serveOnFreePort(folder, leaseMs)
    const line = await openLine(server.url)
    const stage = new RealStage(command, config, folder, server, line, adminKey)
    await stage.startProgram()
    return stage
  }

  private constructor(
    command: Command,
    config: Loaded,
    folder: string,
    server: RunningServer,
    line: Line,
    adminKey: string,
  ) {
    this.#command = command
    this.#config = config
    this.#folder = folder
    this.#server = server
    this.line = line
    this.adminKey = adminKey
  }

  get url(): string {
    return this.#server.url
  }

  readonly send: Given['send'] = (method, path, options) => exchange(this.url, method, path, options)
  readonly post: Given['post'] = (path, form, options) => this.send('POST', path, { ...options, form })

  /** Starts the program, in place of the one before, with a key that was made for it. */
  async startProgram(): Promise<void> {
    await this.#program?.stop()
    this.feedKey = await givenProgram(this, VERIFIER_PERMISSIONS, { boundTo: [NOTES, this.url] })
    this.#program = await startProgram(this.#command, {
      ISSUER: this.url,
      AUTHORITY_URL: this.line.url,
      AUDIENCE: NOTES,
      KEY: this.feedKey.key,
    })
  }

  /** The status of one check, whatever it is. */
  async status(options: CheckOptions): Promise<number> {
    assert.ok(this.#program)
    return (await this.#program.check(options)).status
  }

  /** The status of a check that a verifier with a lease can decide: 503 only where it has no excuse for it. */
  async decided(options: CheckOptions): Promise<number> {
    assert.ok(this.#program)
    return (await decide(this.#program, options, this.#config.leaseSeconds * 1000)).status
  }

  /** Stops the authority and serves the same data again. */
  async restart(): Promise<void> {
    await this.#server.close()
    this.#server = await serve(this.#config)
    this.line.leadTo(this.#server.url)
  }

  async beginEpoch(): Promise<void> {
    await beginEpoch(this.#config)
  }

  /** Signs the administrator in with the password and makes a key anew, as after the end of everything. */
  async renewAdministrator(): Promise<void> {
    const bearer = await this.signIn('admin@example.com')
    const body = { name: 'a new key', permissions: ['*'] }
    const made = await this.send('POST', '/v1/api-keys', { bearer, body })
    assert.equal(made.status, 201, made.text)
    this.adminKey = at(made.json, 'secret')
  }

  /** The session token of somebody. */
  async signIn(email: string): Promise<string> {
    const body = { email, password: PASSWORD, deliver: 'session_token' }
    const answer = await this.send('POST', '/v1/sign-in', { body })
    assert.equal(answer.status, 200, answer.text)
    return at(answer.json, 'session_token')
  }

  /** Somebody with one credential of each form. */
  async person(permissions: readonly string[] = ['notes:read', 'notes:write']): Promise<RealPerson> {
    this.#people += 1
    const email = `holder-${this.#people}@example.com`
    const role = await givenRole(this, permissions)
    const body = { email, password: PASSWORD, roles: [role], require_password_change: false }
    const made = await this.send('POST', '/v1/accounts', { key: this.adminKey, body })
    assert.equal(made.status, 201, made.text)
    const session = await this.signIn(email)
    const signedIn = await this.send('POST', '/v1/sign-in', {
      body: { email, password: PASSWORD, deliver: 'jwt' },
    })
    const token = at(signedIn.json, 'access_token')
    return {
      id: at(made.json, 'account', 'id'),
      email,
      role,
      session,
      token,
      refresh: at(signedIn.json, 'refresh_token'),
    }
  }

  /** A program with a key and a token that was exchanged for it. */
  async keyHolder(
    permissions: readonly string[] = ['notes:read', 'notes:write'],
    more: object = {},
  ): Promise<Holder> {
    return await givenProgram(this, permissions, { key: { ...more } })
  }

  async exchanged(key: string): Promise<string> {
    const answer = await this.post('/oauth/token', exchangeForm(key))
    assert.equal(answer.status, 200, answer.text)
    return at(answer.json, 'access_token')
  }

  /** Ends a node and waits until every verifier is known to have heard of it. */
  async revoke(target: Readonly<Record<string, string>>): Promise<void> {
    const body = { target, wait_ms: 30_000 }
    const answer = await this.send('POST', '/v1/revocations', { key: this.adminKey, body })
    assert.equal(answer.status, 200, answer.text)
    assert.equal(answer.json.confirmed, true, answer.text)
  }

  async close(): Promise<void> {
    await this.#program?.stop()
    await this.line.close()
    await this.#server.close()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

export interface RealPerson {
  readonly id: string
  readonly email: string
  readonly role: string
  readonly session: string
  readonly token: string
  readonly refresh: string
}

const TRIES_MAX = 5

/** A port that was free a moment ago may be somebody else's when it is used. */
async function serveOnFreePort(
  folder: string,
  leaseMs: number,
): Promise<{ config: Loaded; server: RunningServer; adminKey: string }> {
  for (let count = 1; ; count += 1) {
    const data = join(folder, String(count))
    const loaded = await loadConfig(await environmentOf(data, leaseMs), folder)
    assert.ok(loaded.ok, 'The settings of the test are refused.')
    const first = { email: 'admin@example.com', password: new Secret(PASSWORD), name: null }
    const made = await bootstrapAuthority(loaded.config, first)
    assert.ok(made.ok)
    try {
      const server = await serve(loaded.config)
      return { config: loaded.config, server, adminKey: made.apiKey.secret.reveal() }
    } catch (error) {
      if (count === TRIES_MAX || !(error instanceof StartError)) throw error
    }
  }
}

async function environmentOf(folder: string, leaseMs: number): Promise<Record<string, string>> {
  const port = await freePort()
  return {
    COUNTERSIGN_DATA: folder,
    COUNTERSIGN_PORT: String(port),
    COUNTERSIGN_LOG_LEVEL: 'silent',
    COUNTERSIGN_LEASE_SECONDS: String(leaseMs / 1000),
    COUNTERSIGN_AUDIENCES: `${NOTES},http://localhost:${port}`,
    COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off',
    COUNTERSIGN_RATE_LIMIT_SIGN_IN_ACCOUNT: 'dangerously-off',
    COUNTERSIGN_RATE_LIMIT_TOKEN: 'dangerously-off',
  }
}
