/** Where the story plays: an authority, a gym and a pool in processes of their own, on three ports, and a line that can be cut. */
import { join } from 'node:path'
import { type Client, createClient, type Secret } from '@countersign/client'
import { type DemoAuthority, startAuthority } from './authority.ts'
import { type Line, openLine } from './line.ts'
import { findFreePorts, startProgram } from './programs.ts'
import type { Stage } from './stage.ts'

/** What is in the story from the beginning to the end. */
export interface Town {
  /** A client that holds nothing. */
  readonly anybody: Client
  /** The gym's owner. */
  readonly owner: Client
  readonly authority: DemoAuthority
  readonly gym: string
  readonly pool: string
  /** Between the pool and the authority. */
  readonly line: Line
  readonly pace: Pace
  /** Ends the gym and the pool, each of which then hands in what it has not reported yet. */
  closeApis(): Promise<void>
}

export interface Pace {
  readonly leaseSeconds: number
  /** How old a sign-in may be for the pool's most careful route. */
  readonly signInAgeMaxSeconds: number
}

/** What has to be closed at the end, whatever happens. */
export interface Closable {
  close(): Promise<void>
}

/** What may be done where, as the owner says it. */
export const ROLES = {
  swimmer: ['classes:read', 'classes:book', 'floor:read', 'lanes:book'],
  door: ['doors:open'],
  verifier: ['credentials:verify', 'revocations:read'],
} as const

/** Starts everything, and hands each thing that has to be closed to `keep` as soon as it is there. */
export async function openTown(stage: Stage, pace: Pace, keep: (thing: Closable) => void): Promise<Town> {
  const [authorityPort = 0, gymPort = 0, poolPort = 0, linePort = 0] = await findFreePorts(4)
  const gym = `http://localhost:${gymPort}`
  // Another host name makes it another site, and cookies of the one are never sent to the other.
  const pool = `http://127.0.0.1:${poolPort}`
  const settings = {
    COUNTERSIGN_LEASE_SECONDS: String(pace.leaseSeconds),
    COUNTERSIGN_AUDIENCES: [`http://localhost:${authorityPort}`, gym, pool].join(','),
    COUNTERSIGN_ALLOWED_HOSTS: `localhost:${linePort}`,
  }
  const authority = await stage.step(
    'The authority starts, with a database of its own in a temporary folder',
    async () => {
      const started = await startAuthority({ port: authorityPort, settings })
      keep(started)
      return started
    },
    ({ url }) => url,
  )
  const anybody = createClient({ baseUrl: authority.url })
  const owner = anybody.with({ apiKey: authority.administratorKey })
  await stage.step('The owner makes roles: for members, for machines at the door, for APIs', () =>
    Promise.all(Object.entries(ROLES).map(([id, permissions]) => owner.roles.create({ id, permissions }))),
  )
  const line = await openLine(linePort, authorityPort)
  keep(line)
  const apis: Closable[] = []
  const run = async (name: 'gym' | 'pool', port: number, more: Record<string, string>): Promise<void> => {
    const api = await startApi(name, authority, { port, more, url: name === 'gym' ? gym : pool, owner })
    apis.push(api)
    keep(api)
  }
  await stage.step(
    'The gym starts, and follows the authority’s revocations',
    () => run('gym', gymPort, {}),
    () => gym,
  )
  const more = {
    POOL_AUTHORITY_URL: `http://localhost:${linePort}`,
    POOL_SIGN_IN_AGE_SECONDS: String(pace.signInAgeMaxSeconds),
  }
  await stage.step(
    'The pool starts, on another origin and by a line that can be cut',
    () => run('pool', poolPort, more),
    () => pool,
  )
  const closeApis = async (): Promise<void> => void (await Promise.all(apis.map((api) => api.close())))
  return { authority, anybody, owner, gym, pool, line, pace, closeApis }
}

interface ApiOptions {
  readonly port: number
  readonly url: string
  readonly owner: Client
  readonly more: Readonly<Record<string, string>>
}

async function startApi(
  name: 'gym' | 'pool',
  authority: DemoAuthority,
  { port, url, owner, more }: ApiOptions,
): Promise<Closable> {
  const key = await hire(owner, name, url)
  const settings = { AUTHORITY: authority.url, KEY: key.reveal(), URL: url, PORT: String(port) }
  const named = Object.entries(settings).map(([setting, value]) => [
    `${name.toUpperCase()}_${setting}`,
    value,
  ])
  const env = { ...Object.fromEntries(named), ...more }
  const main = join(import.meta.dirname, '..', name, 'main.ts')
  const program = await startProgram({ args: [main], env, cwd: authority.folder }, 'listening on')
  return { close: () => program.stop() }
}

/** A service account and an API key for an API, bound to its own audience. */
export async function hire(owner: Client, name: string, audience: string): Promise<Secret> {
  const { id } = await owner.serviceAccounts.create({ name, roles: ['verifier'], audiences: [audience] })
  const permissions = [...ROLES.verifier]
  const { secret } = await owner.apiKeys.create({ name, service_account_id: id, permissions })
  return secret
}
