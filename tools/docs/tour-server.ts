// What the test of the tour stands on: the server, started by the README's own command; a shell for the blocks; both in terminals,
// because what is printed for people is printed on terminals only.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { ROOT } from './markdown.ts'

export interface RunningServer {
  readonly port: number
  /** What it printed until it was ready, without colours. */
  readonly printed: string
  /** Runs scripts one after the other in one shell of a second terminal, and gives what each of them printed. */
  run(scripts: readonly string[]): Promise<string[]>
  /** Presses Ctrl-C and waits for the end. May be called again. */
  stop(): Promise<void>
}

const READY = 'Ctrl-C stops it.'
const CTRL_C = '\u0003'

/**
 * Runs `npm start` in a terminal until it is ready, with its data in `folder`. Rejects with what it printed when it ends before that.
 * `settings` are in the environment of both terminals.
 */
export async function startAsShown(
  folder: string,
  port: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningServer> {
  const environment = {
    ...withoutOurVariables(process.env),
    ...settings,
    COUNTERSIGN_PORT: String(port),
    COUNTERSIGN_DATA: join(folder, 'data'),
    COUNTERSIGN_URL: `http://localhost:${port}`,
  }
  const terminal = openTerminal('npm start', environment)
  const exited = once(terminal, 'exit')
  const printed = await readUntilReady(terminal)
  return {
    port,
    printed,
    run: (scripts) => runInBash(scripts, folder, environment),
    async stop() {
      if (terminal.exitCode === null && terminal.signalCode === null) terminal.stdin.write(CTRL_C)
      await exited
    },
  }
}

/** What tests set for themselves would be settings that no server knows. */
function withoutOurVariables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(environment).filter(([name]) => !name.startsWith('COUNTERSIGN_'))
  // What npm says about the settings of whoever runs the test, and its spinner, are no part of what the README shows.
  return {
    ...Object.fromEntries(others),
    NO_COLOR: '1',
    npm_config_loglevel: 'error',
    npm_config_progress: 'false',
  }
}

async function runInBash(
  scripts: readonly string[],
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<string[]> {
  const mark = `--- end of block ${process.pid} ---`
  const file = join(folder, 'tour.sh')
  await writeFile(file, scripts.map((script) => `${script}\nprintf '%s\\n' '${mark}'\n`).join(''))
  const terminal = openTerminal(`bash --noprofile --norc '${file}'`, environment)
  let printed = ''
  for await (const text of terminal.stdout.setEncoding('utf8')) printed += text
  return toPlain(printed).replaceAll(JOB_TOLD, '').split(`${mark}\n`).slice(0, scripts.length)
}

/** What bash says by itself of a job that was ended: before its next command if the job is gone by then, else later. */
const JOB_TOLD = /^\[\d+\][+-]? +(?:Terminated|Done)\b.*\n/gm

const toPlain = (printed: string): string => stripVTControlCharacters(printed).replaceAll('\r', '')

type Terminal = ReturnType<typeof openTerminal>

/** `script` runs a command in a terminal; its two families take the command in two ways. */
function openTerminal(command: string, env: NodeJS.ProcessEnv) {
  const args =
    process.platform === 'linux' ? ['-qec', command, '/dev/null'] : ['-q', '/dev/null', 'sh', '-c', command]
  return spawn('script', args, { cwd: ROOT, env, stdio: ['pipe', 'pipe', 'inherit'] })
}

function readUntilReady(terminal: Terminal): Promise<string> {
  let printed = ''
  return new Promise((resolve, reject) => {
    // Goes on reading after that: a terminal that nobody reads would block whoever writes to it.
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      if (printed.includes(READY)) resolve(toPlain(printed))
    })
    terminal.once('error', reject)
    terminal.once('exit', () =>
      reject(new Error(`npm start ended before it was ready:\n${toPlain(printed)}`)),
    )
  })
}

/** A port that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('A listening server has a port.')
  return address.port
}
