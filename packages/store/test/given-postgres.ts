/** What the tests of the Postgres engine start from: a database with the fixture's schema, and a line to cut. */
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { requireTestDatabase } from '@countersign/tools/postgres'
import { Client } from 'pg'
import { migratePostgres } from '../src/migrate.ts'
import { openPostgresEngine, type PostgresSettings } from '../src/postgres/engine.ts'
import type { FixtureEngine } from './engine-contract.ts'
import { fixtureMigrations, transactions } from './engine-fixture.ts'

/** The URL of a database with the fixture's schema; null after the test was skipped. */
export async function createDatabase(t: TestContext): Promise<string | null> {
  const url = await requireTestDatabase(t)
  if (url === undefined) return null
  await migratePostgres(url, fixtureMigrations, 0)
  return url
}

export async function openFixture(
  t: Pick<TestContext, 'after'>,
  url: string,
  settings: Partial<PostgresSettings> = {},
): Promise<FixtureEngine> {
  const engine = await openPostgresEngine({ url, ...settings }, transactions)
  t.after(() => engine.close())
  return engine
}

/** The same database, for sessions that begin with a setting. */
export function withSetting(url: string, setting: string): string {
  const changed = new URL(url)
  changed.searchParams.set('options', `-c ${setting}`)
  return changed.href
}

/** A second connection, which is nothing of the engine's. */
export async function openClient(t: Pick<TestContext, 'after'>, url: string): Promise<Client> {
  const client = new Client({ connectionString: url })
  // A test may end this connection from the other side.
  client.on('error', () => {})
  await client.connect()
  t.after(() => client.end())
  return client
}

/** A line to the database through which every byte passes until it is cut or goes silent. */
export interface Line {
  readonly url: string
  /** Cuts the line as soon as a message to the database holds `word`, after it was delivered. */
  cutAfter(word: string): void
  /** Lets no byte through any more, in either direction, without saying so. */
  silence(): void
}

export async function openLine(t: Pick<TestContext, 'after'>, url: string): Promise<Line> {
  const { port, hostname } = new URL(url)
  const sockets = new Set<Socket>()
  let isSilent = false
  let cutWord: string | null = null

  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
    near.on('data', (data) => {
      if (isSilent) return
      const isLast = cutWord !== null && data.includes(cutWord)
      far.write(data, () => {
        if (isLast) near.destroy()
      })
    })
    far.on('data', (data) => {
      if (!isSilent && !near.destroyed) near.write(data)
    })
    // The far end stays open after a cut, so that the database finishes what it has received.
    near.on('end', () => far.end())
    far.on('end', () => near.end())
  })
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const near = new URL(url)
  near.port = String(await listen(server))
  return {
    url: near.href,
    cutAfter: (word) => {
      cutWord = word
    },
    silence: () => {
      isSilent = true
    },
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The line has no port.')
  return address.port
}
