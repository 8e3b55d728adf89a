/** A Postgres that tests may kill, or the reason why there is none. */
import type { TestContext } from 'node:test'
import { createTestDatabase, type PostgresServer, startPostgres } from '@countersign/tools/postgres'
import { Client } from 'pg'
import type { Settings } from '../processes/spawn.ts'
import type { Query } from './flaws.ts'

/** Root of all secrets of these tests: random bytes that guard nothing. */
export const SECRETS = '1:Zx3vQ8mB1rT6yLkW0pNs5dHcJ2fGaUeXo9iVtRbE4Mw'

/** Starts a server that is stopped after the test; undefined when the test was skipped with the reason. */
export async function requirePostgres(t: TestContext): Promise<PostgresServer | undefined> {
  try {
    const server = await startPostgres()
    t.after(() => server.stop())
    return server
  } catch (error) {
    t.skip(`no Postgres to kill: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

/** An empty database in it, and the settings of an authority on that. */
export async function givenDatabase(
  server: PostgresServer,
  more: Settings = {},
): Promise<{ url: string; settings: Settings }> {
  const { url } = await createTestDatabase(server.url)
  return { url, settings: { COUNTERSIGN_DATABASE: url, COUNTERSIGN_SECRETS: SECRETS, ...more } }
}

/** Asks questions on one connection. */
export async function withQuery<T>(url: string, look: (query: Query) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await look(async (text) => (await client.query(text)).rows)
  } finally {
    await client.end()
  }
}
