/** The databases that peers need beyond SQLite. Where one cannot be had, the reason says how to get it. */
import { randomBytes } from 'node:crypto'
import { createTestDatabase, startPostgres } from '@countersign/tools/postgres'
import { findProgram, howToGet } from '@countersign/tools/programs'
import { startRedis } from '@countersign/tools/redis'

/** A place to connect to, or why there is none. */
export type Place = { readonly at: string } | { readonly missing: string }

export interface Surroundings {
  /** The URL of a database of one's own. */
  readonly postgres: Place
  /** The path of a socket. */
  readonly redis: Place
  close(): Promise<void>
}

export async function openSurroundings(): Promise<Surroundings> {
  const postgres = await openPostgres()
  const redis = await openRedis()
  return {
    postgres: postgres.place,
    redis: redis.place,
    close: async () => {
      await Promise.all([postgres.close(), redis.close()])
    },
  }
}

interface Opened {
  readonly place: Place
  close(): Promise<void>
}

const VARIABLE = 'COUNTERSIGN_TEST_POSTGRES'

async function openPostgres(): Promise<Opened> {
  const given = process.env[VARIABLE]
  try {
    const server = given ? { url: given, stop: async () => undefined } : await startPostgres()
    const database = await createTestDatabase(server.url, `bench_${randomBytes(8).toString('hex')}`)
    const close = async (): Promise<void> => {
      await database.drop()
      await server.stop()
    }
    return { place: { at: database.url }, close }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return toMissing(`no Postgres: ${reason}. ${VARIABLE} may name a server of yours`)
  }
}

async function openRedis(): Promise<Opened> {
  const program = findProgram('redis-server')
  if (program === undefined) return toMissing(`no Redis: ${howToGet('redis-server')}`)
  const server = await startRedis(program)
  return { place: { at: server.path }, close: () => server.stop() }
}

const toMissing = (missing: string): Opened => ({ place: { missing }, close: async () => undefined })
