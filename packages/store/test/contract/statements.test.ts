/** Every statement by itself: both databases read it, no two share a name, and none walks a table that grows. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { toPositional } from '../../src/dialect.ts'
import type { Statement } from '../../src/script.ts'
import { onDatabases, onEachDatabase } from '../bench.ts'

const folder = new URL('../../src/statements/', import.meta.url)

const isStatement = (value: unknown): value is Statement =>
  typeof value === 'object' && value !== null && 'name' in value && 'text' in value

/** Statements wherever a module exports them: alone, in lists, in maps, or behind a choice. */
function statementsIn(value: unknown): readonly Statement[] {
  if (isStatement(value)) return [value]
  if (value instanceof Map) return [...value.values()].flatMap((one) => statementsIn(one.statement))
  if (Array.isArray(value)) return value.flatMap(statementsIn)
  return []
}

async function allStatements(): Promise<readonly Statement[]> {
  const found: Statement[] = []
  for (const file of readdirSync(folder).sort()) {
    const module: Record<string, unknown> = await import(new URL(file, folder).href)
    found.push(...Object.values(module).flatMap(statementsIn))
  }
  const { listAuditEvents } = await import('../../src/statements/audit.ts')
  const query = {
    limit: 1,
    after: null,
    type: null,
    actorId: null,
    targetId: null,
    sinceMs: null,
    untilMs: null,
  }
  for (const over of [{}, { type: 'x' }, { actorId: 'x' }, { targetId: 'x' }]) {
    found.push(listAuditEvents({ ...query, ...over }))
  }
  return found
}

const statements = await allStatements()

// Tables of one row or a few, results of subqueries that have been narrowed by then, and the index that holds
// only what is not linked yet. Sign-ins at clients are walked once everything was ended, in rounds that leave the index.
const SMALL =
  /^SCAN (?:audit_events USING INDEX audit_events_unchained|gone USING INDEX client_sign_ins_by_account|logout_cursor|log_head|issuer|head|entry|locks|chain_lease|setup_tickets|secret_fingerprints|schema_migrations|signing_keys|roles|dead|counted|\(subquery-\d+\)|CONSTANT ROW)\b/

onEachDatabase((bench) => {
  test('both databases read every statement', async () => {
    assert.ok(statements.length > 100)
    for (const { name, text } of statements) {
      const values = Array.from({ length: toPositional(text).count }, () => 1)
      await assert.doesNotReject(bench().rows(`explain ${text}`, ...values), name)
    }
  })
})

test('statements have names of their own, short enough for Postgres', () => {
  const names = statements.map((statement) => statement.name)

  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  )
  assert.ok(names.every((name) => name.length <= 63))
})

// Postgres chooses its plans by what the tables hold; SQLite shows what the indexes allow.
onDatabases(['sqlite'], (bench) => {
  test('no statement walks a table that grows', async () => {
    const walks: string[] = []
    for (const { name, text } of statements) {
      const values = Array.from({ length: toPositional(text).count }, () => 1)
      for (const { detail } of await bench().rows(`explain query plan ${text}`, ...values)) {
        if (/^SCAN/.test(`${detail}`) && !SMALL.test(`${detail}`)) walks.push(`${name}: ${detail}`)
      }
    }
    assert.deepEqual(walks, [])
  })
})

// A hashed subplan reads the whole table that it looks things up in.
onDatabases(['postgres'], (bench) => {
  test('no statement lets Postgres hash a table to look up one row', async () => {
    const hashed: string[] = []
    for (const { name, text } of statements) {
      const values = Array.from({ length: toPositional(text).count }, () => 1)
      const plan = await bench().rows(`explain ${text}`, ...values)
      if (plan.some((row) => `${row['QUERY PLAN']}`.includes('hashed SubPlan'))) hashed.push(name)
    }
    assert.deepEqual(hashed, [])
  })
})
