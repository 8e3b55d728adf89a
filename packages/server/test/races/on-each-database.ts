/** Where races are run: on SQLite always, and on Postgres where the environment names a server. */
import { randomBytes } from 'node:crypto'
import { describe, type TestContext } from 'node:test'
import { createTestDatabase } from '@countersign/tools/postgres'
import { type Given, openAuthority, UNLIMITED } from '../given.ts'

const serverUrl = process.env.COUNTERSIGN_TEST_POSTGRES ?? ''
const noServer = 'no Postgres: COUNTERSIGN_TEST_POSTGRES is not set ("npm test" starts a server and sets it)'

/** Opens an authority with an administrator, without limits; everything is removed after the test. */
export type OpenAuthority = (t: TestContext, settings?: Record<string, string>) => Promise<Given>

/** Runs the tests of `suite` once on each database. */
export function onEachDatabase(suite: (open: OpenAuthority) => void): void {
  describe('sqlite', () => {
    suite(async (t, settings = {}) => {
      const { given, close } = await openAuthority({ ...UNLIMITED, ...settings })
      t.after(close)
      return given
    })
  })
  describe('postgres', { skip: serverUrl === '' ? noServer : false }, () => {
    suite(openOnPostgres)
  })
}

async function openOnPostgres(t: TestContext, settings: Record<string, string> = {}): Promise<Given> {
  const database = await createTestDatabase(serverUrl)
  const { given, close } = await openAuthority({
    COUNTERSIGN_DATABASE: database.url,
    COUNTERSIGN_SECRETS: newSecrets(),
    ...UNLIMITED,
    ...settings,
  })
  t.after(async () => {
    await close()
    await database.drop()
  })
  return given
}

/** A root secret as an operator would make it. Once in millions of times chance looks like a word. */
export function newSecrets(): string {
  return `1:${randomBytes(32).toString('base64url')}`
}
