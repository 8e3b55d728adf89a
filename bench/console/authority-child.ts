/** An authority as `serve` starts it, on a database with a hundred thousand people, and an app that people sign in to. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, Secret } from '@countersign/client'
import { bootstrapAuthority, loadConfig, serve } from '@countersign/server'
import { answer } from '../server/child.ts'
import { findFreePort } from '../server/ports.ts'
import { fill } from './fill.ts'

const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'authority-'))
const port = await findFreePort()
const issuer = `http://localhost:${port}`
const email = 'boss@example.com'
const password = 'seven quiet otters by the lake'
const parsed = await loadConfig(
  {
    COUNTERSIGN_DATA: folder,
    COUNTERSIGN_PORT: String(port),
    COUNTERSIGN_HOST: '127.0.0.1',
    COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off',
  },
  folder,
)
if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'))
const made = await bootstrapAuthority(parsed.config, {
  email,
  password: new Secret(password),
  name: 'The Boss',
})
if (!made.ok) throw new Error('The first administrator could not be made.')
const key = made.apiKey.secret.reveal()
const { database } = parsed.config
if (database.kind !== 'sqlite') throw new Error('This bench runs on SQLite.')
let server: Awaited<ReturnType<typeof serve>> | null = null

async function open(): Promise<Record<string, string>> {
  server = await serve(parsed.ok ? parsed.config : fail())
  const owner = createClient({ baseUrl: issuer, credential: { apiKey: key } })
  await owner.clients.create({
    id: 'app',
    name: 'An app',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    redirect_uris: ['https://app.example.com/callback'],
    scopes: ['openid'],
  })
  return { issuer, key, email, password }
}

function fail(): never {
  throw new Error('The settings are not read.')
}

answer(
  {
    fill: async ({ from, to }) => {
      await fill({ file: database.file, from: Number(from), to: Number(to) })
      return {}
    },
    open,
  },
  async () => {
    await server?.close()
    rmSync(folder, { recursive: true, force: true })
  },
)
