/** Reads a secret from standard input: all of it from a pipe, one line without echo from a person. */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { Secret } from '@countersign/protocol'
import { UsageError } from './failures.ts'
import { isTerminalInput, type Terminal } from './terminal.ts'

const SECRET_BYTES_MAX = 16_384

/** `what` completes "… on standard input", for the prompt and for the mistake of sending nothing. */
export async function readSecret(terminal: Terminal, what: string): Promise<Secret> {
  const text = isTerminalInput(terminal.stdin)
    ? await askHidden(terminal, what)
    : await readAll(terminal.stdin, what)
  // The end of the line belongs to the file or the key press, not to the secret.
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '') throw new UsageError(`There is no ${what} on standard input.`)
  return new Secret(secret)
}

async function readAll(stdin: NodeJS.ReadStream, what: string): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stdin) {
    const buffer = Buffer.from(chunk)
    bytes += buffer.length
    if (bytes > SECRET_BYTES_MAX) throw new UsageError(`What is on standard input is too long for a ${what}.`)
    chunks.push(buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Readline edits the line; what it would echo goes nowhere. */
function askHidden(terminal: Terminal, what: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: terminal.stdin, output: nowhere, terminal: true })
  process.stderr.write(`${what} (not shown): `)
  return new Promise((resolve, reject) => {
    reader.once('line', (line) => {
      resolve(line)
      reader.close()
    })
    reader.once('SIGINT', () => reader.close())
    reader.once('close', () => {
      terminal.err('')
      reject(new UsageError(`No ${what} was given.`))
    })
  })
}
