/** A real authority for the demo: the command `countersign` in its own process, on a free port and a temporary folder. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'

const COMMAND = join(import.meta.dirname, '../../packages/cli/bin/countersign.js')

export interface DemoAuthority {
  readonly url: string
  readonly folder: string
  /** The administrator's API key, as `countersign bootstrap` printed it. */
  readonly administratorKey: string
  /** From starting the process to its being ready. */
  readonly startMs: number
  /** Stops the process and removes the folder. */
  close(): Promise<void>
}

/** Throws with what the command said where it did not start. */
export async function startAuthority(): Promise<DemoAuthority> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-demo-'))
  const sweep = (): void => rmSync(folder, { recursive: true, force: true })
  // For a process that ends before anybody could close.
  process.once('exit', sweep)
  try {
    const administratorKey = await bootstrap(folder)
    const port = await freePort()
    const started = performance.now()
    const server = run(folder, ['serve', '--port', String(port), '--data', folder])
    await readiness(server)
    const startMs = performance.now() - started
    return {
      url: `http://localhost:${port}`,
      folder,
      administratorKey,
      startMs,
      close: async () => {
        await stop(server)
        process.off('exit', sweep)
        sweep()
      },
    }
  } catch (error) {
    process.off('exit', sweep)
    sweep()
    throw error
  }
}

/** In the temporary folder and without settings of the surroundings: the demo must not touch anybody's database. */
function run(folder: string, args: readonly string[]): ChildProcess {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('COUNTERSIGN_')),
  )
  return spawn(process.execPath, ['--conditions=source', COMMAND, ...args], {
    cwd: folder,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

async function bootstrap(folder: string): Promise<string> {
  const args = ['bootstrap', '--email', 'owner@gym.example', '--password-stdin', '--data', folder, '--json']
  const child = run(folder, args)
  assert.ok(child.stdin !== null && child.stdout !== null && child.stderr !== null)
  child.stdin.end('the water is warm on mondays')
  const [printed, complaint] = await Promise.all([text(child.stdout), text(child.stderr)])
  const answer: unknown = printed === '' ? null : JSON.parse(printed)
  const made = typeof answer === 'object' && answer !== null && 'api_key' in answer ? answer.api_key : null
  const secret = typeof made === 'object' && made !== null && 'secret' in made ? made.secret : null
  assert.ok(typeof secret === 'string', `The administrator could not be made: ${complaint}`)
  return secret
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  assert.ok(typeof address === 'object' && address !== null)
  return address.port
}

/** The first line that a server prints says that it is ready. */
async function readiness(server: ChildProcess): Promise<void> {
  assert.ok(server.stdout !== null && server.stderr !== null)
  const complaint = text(server.stderr)
  for await (const line of createInterface({ input: server.stdout })) {
    if (!line.includes('"event":"ready"')) continue
    // The log goes on; unread it would fill the pipe and stop the server.
    server.stdout.resume()
    return
  }
  throw new Error(`The authority did not start: ${await complaint}`)
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const exited = once(server, 'exit')
  server.kill('SIGTERM')
  await exited
}
