/** An authority as `serve` starts it, without limits for those who sign in, and what its owner has set up for an API. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, Secret } from '@countersign/client'
import type { Permission } from '@countersign/protocol'
import { bootstrapAuthority, loadConfig, serve } from '@countersign/server'
import { PASSWORD } from '../server/api.ts'
import { readBusy } from '../server/busy.ts'
import { answer } from '../server/child.ts'
import { findFreePort } from '../server/ports.ts'
import { CALLERS, type Caller, emailOf, LIMIT, toCookies } from './callers.ts'

const AUDIENCE = 'https://api.example.com'
const OFF = 'dangerously-off'

const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'authority-'))
const port = await findFreePort()
const issuer = `http://localhost:${port}`
const environment = {
  COUNTERSIGN_DATA: folder,
  COUNTERSIGN_PORT: String(port),
  COUNTERSIGN_HOST: '127.0.0.1',
  COUNTERSIGN_AUDIENCES: `${issuer},${AUDIENCE}`,
  COUNTERSIGN_RATE_LIMIT_SIGN_IN: OFF,
  COUNTERSIGN_RATE_LIMIT_SIGN_IN_ACCOUNT: OFF,
  COUNTERSIGN_SIGN_IN_NETWORK_FAILURES: '1000000',
  COUNTERSIGN_RATE_LIMIT_SIGN_UP: OFF,
}
const parsed = await loadConfig(environment, folder)
if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'))
const administrator = { email: 'admin@example.com', password: new Secret(PASSWORD), name: null }
const made = await bootstrapAuthority(parsed.config, administrator)
if (!made.ok) throw new Error('The first administrator could not be made.')
const server = await serve(parsed.config)
const anybody = createClient({ baseUrl: issuer })
const owner = anybody.with({ apiKey: made.apiKey.secret })

/** The API key by which the API follows this authority. */
async function hire(): Promise<string> {
  const permissions: Permission[] = ['credentials:verify', 'revocations:read']
  await owner.roles.create({ id: 'verifier', permissions })
  const audiences = [AUDIENCE]
  const { id } = await owner.serviceAccounts.create({ name: 'an API', roles: ['verifier'], audiences })
  const { secret } = await owner.apiKeys.create({ name: 'an API', service_account_id: id, permissions })
  return secret.reveal()
}

interface Person {
  readonly session: Caller
  readonly key: Caller
}

/** Somebody with a session, as a browser holds it, and a limited API key. */
async function admit(index: number): Promise<Person> {
  const email = emailOf(index)
  const { account } = await anybody.signUp({ email, password: PASSWORD })
  const response = await fetch(`${issuer}/v1/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: issuer },
    body: JSON.stringify({ email, password: PASSWORD }),
  })
  if (response.status !== 200) throw new Error(`A sign-in was answered ${response.status}.`)
  const cookie = toCookies(response.headers)
  const person = createClient({ baseUrl: issuer })
  await person.signIn({ email, password: PASSWORD, deliver: 'session_token' })
  const { secret } = await person.apiKeys.create({
    name: 'bench',
    permissions: [],
    rate_limit: { requests: LIMIT.requests, per_seconds: LIMIT.windowSeconds },
  })
  return {
    session: { id: account.id, headers: { cookie } },
    key: { id: account.id, headers: { 'x-api-key': secret.reveal() } },
  }
}

const apiKey = await hire()
const people: Person[] = []
for (let index = 0; index < CALLERS; index += 1) people.push(await admit(index))

answer(
  {
    ports: () => ({ port }),
    busy: readBusy,
    /** What the API's process has to know. */
    api: () => ({ issuer, audience: AUDIENCE, key: apiKey }),
    callers: () => ({
      sessions: JSON.stringify(people.map(({ session }) => session)),
      keys: JSON.stringify(people.map(({ key }) => key)),
    }),
  },
  async () => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  },
)
