// The server of the tour, started by the README's own command in a terminal of its own, since what it prints for people is printed on
// terminals only; and how what is shown is compared with what was printed.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { ROOT } from './markdown.ts'

export interface RunningServer {
  readonly port: number
  /** Where its data folder lies. */
  readonly folder: string
  /** What it printed until it was ready, without colours. */
  readonly printed: string
  /** The variables that a person would set for a second terminal to find this server instead of the usual one. */
  readonly environment: NodeJS.ProcessEnv
  /** Presses Ctrl-C and waits for the end. May be called again. */
  stop(): Promise<number | null>
}

const READY = 'Ctrl-C stops it.'
const CTRL_C = '\u0003'

/** Runs `npm start` in a terminal until it is ready. Rejects with what it printed when it ends before that. */
export async function startAsShown(folder: string, port: number): Promise<RunningServer> {
  const environment = {
    ...withoutOurVariables(process.env),
    COUNTERSIGN_PORT: String(port),
    COUNTERSIGN_DATA: join(folder, 'data'),
    COUNTERSIGN_URL: `http://localhost:${port}`,
  }
  const terminal = openTerminal('npm start', environment)
  const exited = once(terminal, 'exit')
  let printed = ''
  for await (const chunk of terminal.stdout.setEncoding('utf8')) {
    printed += chunk
    if (printed.includes(READY)) break
  }
  const text = stripVTControlCharacters(printed).replaceAll('\r\n', '\n')
  if (!text.includes(READY)) throw new Error(`npm start ended before it was ready:\n${text}`)
  return {
    port,
    folder,
    printed: text,
    environment,
    async stop() {
      if (terminal.exitCode === null && terminal.signalCode === null) terminal.stdin.write(CTRL_C)
      await exited
      return terminal.exitCode
    },
  }
}

type Terminal = ChildProcess & { readonly stdin: NodeJS.WritableStream; readonly stdout: NodeJS.ReadableStream }
