/**
 * Starts a program of any language that serves on loopback: told everything by its environment, it says on its
 * first line where it listens, and is known from outside only.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

export interface Launched {
  readonly url: string
  /** The end of what it wrote to its standard error. */
  complaints(): string
  /** Signals only this process. */
  stop(): Promise<void>
}

const START_MS = 30_000
const STOP_MS = 3_000

/** The program prints `listening on http://127.0.0.1:<port>` when it accepts connections. */
export async function launchProgram(
  command: Command,
  environment: Readonly<Record<string, string>>,
): Promise<Launched> {
  const child = spawn(command.file, command.args, {
    cwd: command.cwd,
    env: { ...process.env, ...command.env, ...environment, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const complaints = collect(child)
  const url = await firstUrl(child, complaints)
  return {
    url,
    complaints,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      await ended
      clearTimeout(late)
    },
  }
}

function collect(child: ChildProcess): () => string {
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4_000)
  })
  return () => text
}

async function firstUrl(child: ChildProcess, complaints: () => string): Promise<string> {
  const { stdout } = child
  assert.ok(stdout)
  const line = await Promise.race([
    once(createInterface({ input: stdout }), 'line', { signal: AbortSignal.timeout(START_MS) }),
    once(child, 'exit').then(() => []),
    once(child, 'error').then(([error]) => [String(error)]),
  ])
  stdout.resume()
  const [, url] = /^listening on (http:\/\/\S+)$/.exec(String(line[0] ?? '')) ?? []
  if (url === undefined) {
    child.kill('SIGKILL')
    assert.fail(`The program did not start: ${String(line[0] ?? '')} ${complaints()}`)
  }
  return url
}
