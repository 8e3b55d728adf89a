// What tests use of Postgres: a database of their own in the run's one server, or a whole server to kill. Run as a program, it starts
// a server, prints its URL, and stops it on Ctrl-C.

import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import { Client, escapeIdentifier } from 'pg'
import { startPostgres } from './postgres-server.ts'

export { type PostgresServer, startPostgres } from './postgres-server.ts'

/** A database that one test file has to itself. */
export type TestDatabase = { readonly url: string; drop(): Promise<void> }

/**
 * Makes a database of its own for a test, in the server that the runner started, and drops it after the test. Where there is no server,
 * the test is skipped with the reason.
 *
 * @returns The database's URL, or undefined when the test is to return at once.
 */
export async function requireTestDatabase(
  t: Pick<TestContext, 'skip' | 'after'>,
): Promise<string | undefined> {
  const serverUrl = process.env.COUNTERSIGN_TEST_POSTGRES
  if (serverUrl === undefined || serverUrl === '') {
    t.skip('no Postgres: COUNTERSIGN_TEST_POSTGRES is not set ("npm test" starts a server and sets it)')
    return undefined
  }
  const database = await createTestDatabase(serverUrl)
  t.after(() => database.drop())
  return database.url
}

/**
 * Creates an empty database.
 *
 * @param serverUrl A URL whose user may create databases.
 * @param name Its name; a random one by default.
 */
export async function createTestDatabase(
  serverUrl: string,
  name: string = randomName(),
): Promise<TestDatabase> {
  await administer(serverUrl, `create database ${escapeIdentifier(name)}`)
  const url = new URL(serverUrl)
  url.pathname = `/${encodeURIComponent(name)}`
  return {
    url: url.href,
    // "force" ends the connections that a failed test left open.
    drop: () => administer(serverUrl, `drop database if exists ${escapeIdentifier(name)} with (force)`),
  }
}

async function administer(serverUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

const randomName = (): string => `test_${randomBytes(8).toString('hex')}`

if (import.meta.main) {
  const server = await startPostgres()
  console.log(`${server.url}\n(${server.source}; Ctrl-C stops it and removes its data)`)
  const keepAlive = setInterval(() => {}, 60_000)
  const stop = async (): Promise<void> => {
    clearInterval(keepAlive)
    await server.stop()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())
}
