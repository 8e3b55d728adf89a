/** What the tests of the SQLite engine start from. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Engine } from '../src/engine.ts'
import { migrateSqlite } from '../src/migrate.ts'
import { openSqliteEngine, type SqliteSettings } from '../src/sqlite/engine.ts'
import { fixtureMigrations, type transactions } from './engine-fixture.ts'

/** An empty folder that is removed after the test. */
export function createFolder(t: Pick<TestContext, 'after'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A file with the fixture's schema. */
export async function createFile(t: Pick<TestContext, 'after'>): Promise<string> {
  const file = join(createFolder(t), 'data.db')
  await migrateSqlite(file, fixtureMigrations, 0)
  return file
}

/** Opens the fixture's registry on a file. */
export function openFixture(
  file: string,
  settings: Partial<SqliteSettings> = {},
): Promise<Engine<typeof transactions>> {
  const transactionsModule = new URL('./engine-fixture.ts', import.meta.url)
  return openSqliteEngine<typeof transactions>({ file, transactionsModule, ...settings })
}
