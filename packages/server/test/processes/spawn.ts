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

/** What a server says about itself when it listens. */
export interface Ready {
  readonly url: string
  readonly setupLink: string | null
}

export interface Program {
  readonly child: ChildProcess
  /** Resolves once it listens; rejects with what it said when it ends before. */
  readonly ready: Promise<Ready>
  readonly ended: Promise<Ending>
  /** Resolves when the process is gone. */
  end(signal: NodeJS.Signals): Promise<Ending>
}

export type Settings = Readonly<Record<string, string>>

type ProgramName = 'countersign' | 'server'

const PROGRAMS: Readonly<Record<ProgramName, readonly string[]>> = {
  /** The product's own command: `countersign serve`. */
  countersign: [join(import.meta.dirname, '../../../cli/bin/countersign.js'), 'serve'],
  /** The server alone, which starts faster and ends with this process. */
  server: [join(import.meta.dirname, 'server-program.ts')],
}

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
  COUNTERSIGN_SIGN_IN_NETWORK_FAILURES: '1000000',
  COUNTERSIGN_RATE_LIMIT_FACTOR: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_PASSKEY: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_SIGN_UP: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_TOKEN: 'dangerously-off',
}

/** Starts a program with these settings and nothing else of ours in its environment. */
export function startProgram(
  t: Pick<TestContext, 'after'>,
  name: ProgramName,
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
  const ready = Promise.withResolvers<Ready>()
  const ended = Promise.withResolvers<Ending>()
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    const found = findReady(stdout)
    if (found !== null) ready.resolve(found)
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.once('close', (code, signal) => {
    ready.reject(new Error(`The server ended (${code ?? signal}) before it listened: ${stderr}`))
    ended.resolve({ code, signal, stdout, stderr })
  })
  // A test that only wants the ending leaves this alone.
  ready.promise.catch(() => {})
  return {
    child,
    ready: ready.promise,
    ended: ended.promise,
    end: (signal) => {
      child.kill(signal)
      return ended.promise
    },
  }
}

/** Both programs tell it in a line of JSON. */
function findReady(stdout: string): Ready | null {
  for (const line of stdout.split('\n').slice(0, -1)) {
    if (!line.includes('"ready"')) continue
    const said: unknown = JSON.parse(line)
    if (typeof said !== 'object' || said === null || !('url' in said)) continue
    const link = 'setup_link' in said && said.setup_link !== null ? String(said.setup_link) : null
    return { url: String(said.url), setupLink: link }
  }
  return null
}
