/** A real authority for the demo: the command `countersign` in its own process, on a free port and a temporary folder. */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProgram, startProgram } from './programs.ts'

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

export interface AuthorityOptions {
  readonly port: number
  /** Settings by their variables, `COUNTERSIGN_…`. */
  readonly settings: Readonly<Record<string, string>>
}

/** Throws with what the command said where it did not start. */
export async function startAuthority({ port, settings }: AuthorityOptions): Promise<DemoAuthority> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-demo-'))
  const sweep = (): void => rmSync(folder, { recursive: true, force: true })
  // For a process that ends before anybody could close.
  process.once('exit', sweep)
  const leave = (): void => {
    process.off('exit', sweep)
    sweep()
  }
  try {
    const administratorKey = await bootstrap(folder)
    const args = [COMMAND, 'serve', '--port', String(port), '--data', folder]
    const server = await startProgram({ args, env: settings, cwd: folder }, '"event":"ready"')
    return {
      url: `http://localhost:${port}`,
      folder,
      administratorKey,
      startMs: server.startMs,
      close: async () => {
        await server.stop()
        leave()
      },
    }
  } catch (error) {
    leave()
    throw error
  }
}

async function bootstrap(folder: string): Promise<string> {
  const args = [
    COMMAND,
    'bootstrap',
    '--email',
    'owner@gym.example',
    '--password-stdin',
    '--data',
    folder,
    '--json',
  ]
  const printed = await runProgram({ args, cwd: folder }, 'the water is warm on mondays')
  const answer: unknown = JSON.parse(printed)
  const made = typeof answer === 'object' && answer !== null && 'api_key' in answer ? answer.api_key : null
  const secret = typeof made === 'object' && made !== null && 'secret' in made ? made.secret : null
  assert.ok(typeof secret === 'string', 'The administrator could not be made.')
  return secret
}
