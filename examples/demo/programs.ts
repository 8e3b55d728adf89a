/** Programs in processes of their own, as somebody would run them: started, waited for, stopped. */
import assert from 'node:assert/strict'
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'

export interface ProgramOptions {
  /** What Node is given: the program's first file and its arguments. */
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd: string
}

export interface RunningProgram {
  /** From starting the process to its saying that it is ready. */
  readonly startMs: number
  /** Asks it to stop, and waits until it has. */
  stop(): Promise<void>
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

/** Throws with what the program complained of where it ends before it prints a line with `ready` in it. */
export async function startProgram(options: ProgramOptions, ready: string): Promise<RunningProgram> {
  const started = performance.now()
  const child = spawnProgram(options)
  const complaint = text(child.stderr)
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.includes(ready)) continue
    // It goes on writing; unread it would fill the pipe and stop.
    child.stdout.resume()
    return { startMs: performance.now() - started, stop: () => stop(child) }
  }
  throw new Error(`A program did not start: ${await complaint}`)
}

/** Runs a program to its end with one line of input, and gives what it printed. */
export async function runProgram(options: ProgramOptions, input: string): Promise<string> {
  const child = spawnProgram(options)
  child.stdin.end(input)
  const [printed, complaint] = await Promise.all([text(child.stdout), text(child.stderr)])
  assert.ok(printed !== '', `A program failed: ${complaint}`)
  return printed
}

/** Without settings of the surroundings: the demo must not touch anybody's database. */
function spawnProgram({ args, env = {}, cwd }: ProgramOptions): Child {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(?:COUNTERSIGN|GYM|POOL)_/.test(name))
  const child = spawn(process.execPath, ['--conditions=source', ...args], {
    cwd,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // Whoever started it may end before anybody could stop it, by an error of its own for one.
  const end = (): void => void child.kill('SIGKILL')
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  return child
}

async function stop(child: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

/** Ports that were free a moment ago, all different. */
export async function findFreePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => {
    const address = server.address()
    assert.ok(typeof address === 'object' && address !== null)
    return address.port
  })
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}
