/**
 * What the store costs on SQLite: durable commits of many writers against one commit for each write, and point
 * reads through the engine against a bare prepared statement.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Engine, migrateSqlite, one, openSqliteEngine } from '@countersign/store'
import { alternate, type BenchResult, toResult } from './measure.ts'
import {
  findSession,
  insertSession,
  migrations,
  type Session,
  type transactions,
} from './store-transactions.ts'

type BenchEngine = Engine<typeof transactions>

const WRITERS = 64
const ROWS = 20_000
const ROWS_AT_ONCE = 1_000
const COMMITS_RATIO_MIN = 4
const READS_RATIO_MIN = 0.8

/** Runs both comparisons; takes about eight seconds and cleans up after itself. */
export async function benchStore(): Promise<BenchResult[]> {
  // Beside the code and not in the system's temporary folder, which may be memory, where syncing is free.
  const results = join(import.meta.dirname, 'results')
  mkdirSync(results, { recursive: true })
  const folder = mkdtempSync(join(results, 'store-'))
  try {
    return [await benchCommits(folder), await benchReads(folder)]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function benchCommits(folder: string): Promise<BenchResult> {
  const engine = await openEngine(join(folder, 'grouped.db'))
  const single = await openBare(join(folder, 'single.db'))
  const insert = single.prepare(insertSession.text.replaceAll(/\$\d/g, '?'))

  const grouped = async (untilMs: number): Promise<number> => {
    let commits = 0
    const writer = async (): Promise<void> => {
      for (; performance.now() < untilMs; commits += 1) await engine.write('insert', toSession())
    }
    await Promise.all(Array.from({ length: WRITERS }, writer))
    return commits
  }
  const oneByOne = async (untilMs: number): Promise<number> => {
    let commits = 0
    for (; performance.now() < untilMs; commits += 1) {
      const { id, account, digest, expiresAtMs } = toSession()
      insert.run(id, account, digest, expiresAtMs)
    }
    return commits
  }

  const comparison = await alternate(grouped, oneByOne, { turns: 21, phaseMs: 75 })
  await engine.close()
  single.close()
  const name = `store: durable commits, ${WRITERS} writers ÷ a commit for each write`
  return toResult(name, 'commits/s', comparison, COMMITS_RATIO_MIN)
}

async function benchReads(folder: string): Promise<BenchResult> {
  const file = join(folder, 'reads.db')
  const engine = await openEngine(file)
  const ids = await fill(engine)
  const bare = await openBare(file)
  const find = bare.prepare(findSession.text.replaceAll(/\$\d/g, '?'))

  const through = async (untilMs: number): Promise<number> => {
    let reads = 0
    while (performance.now() < untilMs) {
      for (const id of pick(ids)) await engine.read(() => one(findSession, id))
      reads += IDS_BETWEEN_LOOKS
    }
    return reads
  }
  const direct = async (untilMs: number): Promise<number> => {
    let reads = 0
    while (performance.now() < untilMs) {
      for (const id of pick(ids)) find.get(id)
      reads += IDS_BETWEEN_LOOKS
    }
    return reads
  }

  const comparison = await alternate(through, direct, { turns: 61, phaseMs: 25 })
  await engine.close()
  bare.close()
  return toResult('store: point reads ÷ a bare prepared get', 'reads/s', comparison, READS_RATIO_MIN)
}

async function openEngine(file: string): Promise<BenchEngine> {
  await migrateSqlite(file, migrations, Date.now())
  const transactionsModule = new URL('./store-transactions.ts', import.meta.url)
  return openSqliteEngine<typeof transactions>({ file, transactionsModule })
}

/** A connection with the engine's settings and nothing of the engine. */
async function openBare(file: string): Promise<DatabaseSync> {
  await migrateSqlite(file, migrations, Date.now())
  const db = new DatabaseSync(file)
  db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -16384')
  return db
}

let sessions = 0

/** Ids that count up sort like ids that begin with the time, and cost the same next to nothing in both ways. */
function toSession(): Session {
  sessions += 1
  const digits = String(sessions).padStart(26, '0')
  return {
    id: `ses_${digits}`,
    account: `acc_${digits}`,
    digest: 'v1:kD0yJcSxVfRr1sT3mFhQ0y5G0c2wB8n4uXeZq7aLpIo',
    expiresAtMs: 1_800_000_000_000,
  }
}

async function fill(engine: BenchEngine): Promise<readonly string[]> {
  const rows = Array.from({ length: ROWS }, toSession)
  for (let start = 0; start < ROWS; start += ROWS_AT_ONCE) {
    await Promise.all(rows.slice(start, start + ROWS_AT_ONCE).map((row) => engine.write('insert', row)))
  }
  return rows.map(({ id }) => id)
}

/** How many reads are done for one look at the clock, which would otherwise be measured too. */
const IDS_BETWEEN_LOOKS = 100

function pick(ids: readonly string[]): readonly string[] {
  const start = Math.floor(Math.random() * (ids.length - IDS_BETWEEN_LOOKS))
  return ids.slice(start, start + IDS_BETWEEN_LOOKS)
}

if (import.meta.main) console.table(await benchStore())
