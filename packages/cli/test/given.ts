/** What the command line's tests stand on: the real command as a child process, and a real server to talk to. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'

const BIN = join(import.meta.dirname, '../bin/countersign.js')
export const EMAIL = 'boss@example.com'
export const PASSWORD = 'three lanes before breakfast'

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly cwd?: string
  readonly nodeArgs?: readonly string[]
}

/** Runs one command to its end. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const child = start(args, options)
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  // A command that refuses at once closes its end of the pipe before the secret is written.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(options.stdin ?? '')
  const [code]: (number | null)[] = await once(child, 'close')
  return { code: code ?? null, stdout, stderr }
}

/** The answer of a command that was asked for JSON, and that must have worked. */
export async function runJson<T>(args: readonly string[], options: RunOptions = {}): Promise<T> {
  const ran = await run([...args, '--json'], options)
  assert.equal(ran.code, 0, ran.stderr)
  return JSON.parse(ran.stdout) as T
}

function start(args: readonly string[], options: RunOptions): ChildProcess {
  const command = [...(options.nodeArgs ?? []), '--conditions=source', BIN, ...args]
  return spawn(process.execPath, command, {
    cwd: options.cwd ?? tmpdir(),
    env: { ...cleanEnvironment(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

/** The tests' own environment, without settings and without what the test runner tells its children. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:COUNTERSIGN_|NODE_TEST_CONTEXT)/.test(name),
  )
  return Object.fromEntries(kept)
}

export async function givenFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-cli-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  assert.ok(typeof address === 'object' && address !== null)
  return address.port
}

export interface GivenServer {
  readonly url: string
  readonly data: string
  /** What it printed when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>
  /** Sends the signal and gives the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** A running server; stopped after the test. */
export async function givenServer(
  t: TestContext,
  data?: string,
  env: Readonly<Record<string, string>> = {},
): Promise<GivenServer> {
  const folder = data ?? (await givenFolder(t))
  const port = await freePort()
  const child = start(['serve', '--port', String(port), '--data', folder], { env })
  const exited = once(child, 'exit')
  t.after(() => child.kill('SIGKILL'))
  const ready = await readyLine(child)
  return {
    url: `http://localhost:${port}`,
    data: folder,
    ready,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal)
      const [code]: (number | null)[] = await exited
      return code ?? null
    },
  }
}

async function readyLine(child: ChildProcess): Promise<Readonly<Record<string, unknown>>> {
  assert.ok(child.stdout !== null && child.stderr !== null)
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text
  })
  const lines = createInterface({ input: child.stdout })
  for await (const line of lines) {
    const parsed: unknown = JSON.parse(line)
    if (typeof parsed === 'object' && parsed !== null && 'event' in parsed && parsed.event === 'ready') {
      // Nobody reads the log from here on, and a full pipe would stop the server.
      child.stdout.resume()
      return Object.fromEntries(Object.entries(parsed))
    }
  }
  return assert.fail(`The server ended before it was ready: ${complaint}`)
}

export interface Bootstrapped {
  readonly account: { readonly id: string; readonly email: string }
  readonly api_key: { readonly id: string; readonly secret: string }
}

export function bootstrap(data: string): Promise<Bootstrapped> {
  return runJson(['bootstrap', '--email', EMAIL, '--password-stdin', '--data', data], { stdin: PASSWORD })
}

/** A server with an administrator, and the environment that commands need to be it. */
export async function givenAdministrator(
  t: TestContext,
  settings: Readonly<Record<string, string>> = {},
): Promise<{ server: GivenServer; made: Bootstrapped; env: Record<string, string> }> {
  const data = await givenFolder(t)
  const made = await bootstrap(data)
  const server = await givenServer(t, data, settings)
  return { server, made, env: { COUNTERSIGN_URL: server.url, COUNTERSIGN_API_KEY: made.api_key.secret } }
}
