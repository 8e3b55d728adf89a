/** A real authority in a process of its own, with the console built, an administrator, and a client that is it. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { type Client, createClient } from '@countersign/client'
import { buildConsole } from '@countersign/tools/console'
import { copyReadyMade } from '@countersign/tools/ready-made'

const ROOT = dirname(dirname(dirname(import.meta.dirname)))
const BIN = join(ROOT, 'packages/cli/bin/countersign.js')

export const ADMIN = {
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  password: 'three lanes before breakfast',
}

export interface World {
  readonly url: string
  /** The administrator’s program: an API key that may do everything. */
  readonly admin: Client
  readonly adminAccount: string
  /** Holds the database. */
  readonly dataFolder: string
  close(): Promise<void>
}

/** What is there before the server starts: the administrator, and whatever else was done to the folder. */
export type Beginning = (
  data: string,
  settings: Readonly<Record<string, string>>,
) => Promise<{ readonly account: string; readonly secret: string }>

/** Starts everything; `settings` are variables of the server. */
export async function openWorld(
  settings: Readonly<Record<string, string>> = {},
  begin: Beginning = (data) => copyReadyMade('console', data, {}, bootstrap),
): Promise<World> {
  await buildConsole()
  const data = await mkdtemp(join(tmpdir(), 'countersign-console-'))
  const made = await begin(data, settings)
  const port = await freePort()
  const url = `http://localhost:${port}`
  const server = start(['serve', '--port', `${port}`, '--data', data], settings)
  const exited = once(server, 'exit')
  await ready(server)
  return {
    url,
    admin: createClient({ baseUrl: url, credential: { apiKey: made.secret } }),
    adminAccount: made.account,
    dataFolder: data,
    close: async () => {
      server.kill()
      await exited
      await rm(data, { recursive: true, force: true })
    },
  }
}

async function bootstrap(data: string): Promise<{ account: string; secret: string }> {
  const args = [
    'bootstrap',
    '--email',
    ADMIN.email,
    '--name',
    ADMIN.name,
    '--password-stdin',
    '--data',
    data,
    '--json',
  ]
  const child = start(args, {}, 'ignore')
  child.stdin?.end(ADMIN.password)
  assert.ok(child.stdout !== null)
  const made: unknown = JSON.parse(await text(child.stdout))
  assert.ok(isBootstrapped(made))
  return { account: made.account.id, secret: made.api_key.secret }
}

interface Bootstrapped {
  readonly account: { readonly id: string }
  readonly api_key: { readonly secret: string }
}

function isBootstrapped(made: unknown): made is Bootstrapped {
  return typeof made === 'object' && made !== null && 'account' in made && 'api_key' in made
}

function start(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  complaints: 'inherit' | 'ignore' = 'inherit',
): ChildProcess {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(?:COUNTERSIGN_|NODE_TEST_CONTEXT)/.test(name),
  )
  return spawn(process.execPath, ['--conditions=source', BIN, ...args], {
    cwd: tmpdir(),
    env: { ...Object.fromEntries(own), ...settings },
    stdio: ['pipe', 'pipe', complaints],
  })
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  assert.ok(typeof address === 'object' && address !== null)
  return address.port
}

async function ready(server: ChildProcess): Promise<void> {
  assert.ok(server.stdout !== null)
  for await (const line of createInterface({ input: server.stdout })) {
    if (!line.includes('"event":"ready"')) continue
    // Nobody reads the log from here on, and a full pipe would stop the server.
    server.stdout.resume()
    return
  }
  assert.fail('The server ended before it was ready.')
}
