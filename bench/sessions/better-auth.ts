/**
 * Better Auth as its guides set it up, in the forms that are compared. Where a setting makes it faster without making
 * it do less, it has it.
 */
import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { apiKey } from '@better-auth/api-key'
import { createClient } from '@redis/client'
import { type BetterAuthOptions, betterAuth, type SecondaryStorage } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { Pool } from 'pg'
import { PASSWORD } from '../server/api.ts'
import { CALLERS, type Caller, emailOf, LIMIT, toCookies } from './callers.ts'

/** `place` is a file for SQLite, a URL for Postgres; `redis` the path of a socket. */
export interface Place {
  readonly kind: 'sqlite' | 'postgres'
  readonly place: string
}

export interface Peer {
  /** The id of the account that holds the credential in these headers; null where there is none that is good. */
  identify(headers: Headers): Promise<string | null>
  readonly callers: readonly Caller[]
  close(): Promise<void>
}

/** Sessions by cookie: `getSession`, which reads the database, or the cookie in which it keeps what it has read. */
export async function openSessionPeer(place: Place, cookieCache: boolean): Promise<Peer> {
  const { options, close } = openOptions(place)
  const auth = betterAuth({
    ...options,
    session: { cookieCache: { enabled: cookieCache, maxAge: COOKIE_CACHE_SECONDS } },
  })
  await (await getMigrations(auth.options)).runMigrations()
  const callers: Caller[] = []
  for (let index = 0; index < CALLERS; index += 1) {
    const { headers, response } = await auth.api.signUpEmail({ body: toPerson(index), returnHeaders: true })
    callers.push({ id: response.user.id, headers: { cookie: toCookies(headers) } })
  }
  return {
    identify: async (headers) => (await auth.api.getSession({ headers }))?.user.id ?? null,
    callers,
    close,
  }
}

/** API keys, each with a limit: `verifyApiKey`, on the database alone or with the keys in Redis. */
export async function openKeyPeer(place: Place, redisPath: string | null): Promise<Peer> {
  const { options, close } = openOptions(place)
  const redis = redisPath === null ? null : await openRedis(redisPath)
  const auth = betterAuth({
    ...options,
    ...(redis !== null && { secondaryStorage: redis.storage }),
    plugins: [
      apiKey({
        storage: redis === null ? 'database' : 'secondary-storage',
        rateLimit: {
          enabled: true,
          timeWindow: LIMIT.windowSeconds * 1_000,
          maxRequests: LIMIT.requests,
        },
      }),
    ],
  })
  await (await getMigrations(auth.options)).runMigrations()
  const callers: Caller[] = []
  for (let index = 0; index < CALLERS; index += 1) {
    const { user } = await auth.api.signUpEmail({ body: toPerson(index) })
    const { key } = await auth.api.createApiKey({ body: { userId: user.id, name: 'bench' } })
    callers.push({ id: user.id, headers: { 'x-api-key': key } })
  }
  return {
    identify: async (headers) => {
      const key = headers.get('x-api-key')
      if (key === null) return null
      const verified = await auth.api.verifyApiKey({ body: { key } })
      return verified.valid ? (verified.key?.referenceId ?? null) : null
    },
    callers,
    close: async () => {
      await close()
      redis?.close()
    },
  }
}

const COOKIE_CACHE_SECONDS = 300

const toPerson = (index: number) => ({ email: emailOf(index), password: PASSWORD, name: 'Somebody' })

function openOptions({ kind, place }: Place) {
  const database = kind === 'sqlite' ? openSqlite(place) : new Pool({ connectionString: place })
  const options = {
    baseURL: 'http://localhost',
    secret: randomBytes(32).toString('base64'),
    database,
    emailAndPassword: { enabled: true },
    // That of its own routes, none of which is called here.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    // Session and account by one query in place of two.
    advanced: { database: { joins: true } },
    // Nobody collects its spans.
    experimental: { instrumentation: { enabled: false } },
  } satisfies BetterAuthOptions
  const close = async (): Promise<void> => {
    if (database instanceof DatabaseSync) database.close()
    else await database.end()
  }
  return { options, close }
}

/** Not its default: commits that wait for the disk would be what is measured. */
function openSqlite(file: string): DatabaseSync {
  const database = new DatabaseSync(file)
  database.exec('pragma journal_mode = wal; pragma synchronous = normal')
  return database
}

async function openRedis(path: string): Promise<{ storage: SecondaryStorage; close(): void }> {
  const client = createClient({ socket: { path, tls: false } })
  client.on('error', () => undefined)
  await client.connect()
  const storage: SecondaryStorage = {
    get: (key) => client.get(key),
    getAndDelete: (key) => client.getDel(key),
    set: (key, value, ttl) => (ttl === undefined ? client.set(key, value) : client.setEx(key, ttl, value)),
    delete: async (key) => void (await client.del(key)),
    increment: async (key, ttl) => {
      const count = await client.incr(key)
      if (count === 1) await client.expire(key, ttl)
      return count
    },
  }
  return { storage, close: () => client.destroy() }
}
