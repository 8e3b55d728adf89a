/** Better Auth as its own guide sets it up: e-mail and password, its default hash, SQLite through node:sqlite. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type BetterAuthOptions, betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'
import { readBusy } from './busy.ts'
import { answer } from './child.ts'
import { findFreePort } from './ports.ts'

const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'better-auth-'))
const port = await findFreePort()
const database = new DatabaseSync(join(folder, 'auth.db'))
const options = {
  baseURL: `http://localhost:${port}`,
  secret: randomBytes(32).toString('base64'),
  database,
  emailAndPassword: { enabled: true },
  // As ours is for the run; nothing else differs from its defaults.
  rateLimit: { enabled: process.env.BENCH_RATE_LIMIT === 'on' },
  telemetry: { enabled: false },
} satisfies BetterAuthOptions
await (await getMigrations(options)).runMigrations()
const server = createServer(toNodeHandler(betterAuth(options)))
server.listen(port, '127.0.0.1')
await once(server, 'listening')

answer({ ports: () => ({ port }), busy: readBusy }, async () => {
  server.close()
  server.closeAllConnections()
  database.close()
  rmSync(folder, { recursive: true, force: true })
})
