/** Starts servers as processes of their own, and ends every one of them with its test. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** How a process ended, and all that it said. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Program {
  readonly child: ChildProcess
  /** Resolves with the URL once it listens; rejects with what it said when it ends before. */
  readonly url: Promise<string>
  readonly ended: Promise<Ending>
  /** Resolves when the process is gone. */
  end(signal: NodeJS.Signals): Promise<Ending>
}

export type Settings = Readonly<Record<string, string>>

const PROGRAMS = {
  /** The product's own command: `countersign serve`. */
  countersign: [join(import.meta.dirname, '../../../cli/bin/countersign.js'), 'serve'],
  /** The server alone, which starts faster and ends with this process. */
  server: [join(import.meta.dirname, 'server-program.ts')],
} as const

/** A temporary folder that is removed after the test. */
export function temporaryFolder(t: Pick<TestContext, 'after'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-process-'))
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** Settings of a server on a port of its own that neither logs nor limits. */
export const quiet: Settings = {
  COUNTERSIGN_PORT: '0',
  COUNTERSIGN_HOST: '127.0.0.1',
  COUNTERSIGN_ISSUER: 'http://localhost:4000',
  COUNTERSIGN_LOG_LEVEL: 'error',
  COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_SIGN_IN_ACCOUNT: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_SIGN_UP: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_TOKEN: 'dangerously-off',
}

/** Starts a program with these settings and nothing else of ours in its environment. */
export function startProgram(
  t: Pick<TestContext, 'after'>,
  name: keyof typeof PROGRAMS,
  settings: Settings,
  arguments_: readonly string[] = [],
): Program {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = compileCache() } = process.env
  const child = spawn(process.execPath, ['--conditions=source', ...PROGRAMS[name], ...arguments_], {
    cwd: tmpdir(),
    env: { PATH, HOME, NODE_COMPILE_CACHE, ...settings },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const program = watch(child)
  t.after(() => program.end('SIGKILL'))
  return program
}

let cache: string | undefined

/** Compiled code is shared by all processes of one test file: their starts are most of its time. */
function compileCache(): string {
  if (cache !== undefined) return cache
  const folder = mkdtempSync(join(tmpdir(), 'countersign-compiled-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  cache = folder
  return folder
}

function watch(child: ChildProcess): Program {
  let stdout = ''
  let stderr = ''
  const url = Promise.withResolvers<string>()
  const ended = Promise.withResolvers<Ending>()
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    const found = findUrl(stdout)
    if (found !== null) url.resolve(found)
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.once('close', (code, signal) => {
    url.reject(new Error(`The server ended (${code ?? signal}) before it listened: ${stderr}`))
    ended.resolve({ code, signal, stdout, stderr })
  })
  // A test that only wants the ending leaves the URL alone.
  url.promise.catch(() => {})
  return {
    child,
    url: url.promise,
    ended: ended.promise,
    end: (signal) => {
      child.kill(signal)
      return ended.promise
    },
  }
}

/** The program tells it in its line about being ready. */
function findUrl(stdout: string): string | null {
  for (const line of stdout.split('\n').slice(0, -1)) {
    if (!line.includes('"ready"')) continue
    const ready: unknown = JSON.parse(line)
    if (typeof ready === 'object' && ready !== null && 'url' in ready) return String(ready.url)
  }
  return null
}
