/** Where a command reads and writes. Colour and tables are for people: only on a terminal, and not with NO_COLOR. */
import type { ReadStream } from 'node:tty'
import { styleText } from 'node:util'

type Paint = (text: string) => string

export interface Style {
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly green: Paint
  readonly yellow: Paint
  readonly cyan: Paint
}

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly stdin: NodeJS.ReadStream
  /** One line to standard output. */
  readonly out: (line: string) => void
  /** One line to standard error, for whoever watches. */
  readonly err: (line: string) => void
  /** Standard output is a terminal. */
  readonly isTty: boolean
  /** The answer was asked for as JSON. */
  readonly json: boolean
  readonly style: Style
  readonly errStyle: Style
}

export function systemTerminal(json: boolean): Terminal {
  const { env, stdin, stdout, stderr } = process
  // Whoever reads the answer may stop early (`| head`): that is no mistake of this command.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
  return {
    env,
    cwd: process.cwd(),
    stdin,
    out: (line) => void stdout.write(`${line}\n`),
    err: (line) => void stderr.write(`${line}\n`),
    isTty: stdout.isTTY === true && !json,
    json,
    style: createStyle(hasColour(stdout, env) && !json),
    errStyle: createStyle(hasColour(stderr, env) && !json),
  }
}

/** https://no-color.org: any value but the empty one. */
function hasColour(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
}

export function createStyle(colour: boolean): Style {
  const paint = (format: Parameters<typeof styleText>[0]): Paint =>
    colour ? (text) => styleText(format, text, { validateStream: false }) : (text) => text
  return {
    bold: paint('bold'),
    dim: paint('dim'),
    red: paint('red'),
    green: paint('green'),
    yellow: paint('yellow'),
    cyan: paint('cyan'),
  }
}

export const isTerminalInput = (stdin: NodeJS.ReadStream): stdin is ReadStream => stdin.isTTY === true
