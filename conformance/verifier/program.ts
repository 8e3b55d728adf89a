/**
 * The program under test: a resource server in any language that answers `GET /check`. It is started by a
 * command, told everything by its environment, says on its first line where it listens, and is known from
 * outside only.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'
import { createInterface } from 'node:readline'

export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** What the program is told, each in the variable of this name. */
export interface Environment {
  readonly ISSUER: string
  readonly AUTHORITY_URL: string
  readonly AUDIENCE: string
  readonly KEY: string
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
  readonly json: unknown
}

export interface CheckOptions {
  readonly bearer?: string
  readonly key?: string
  readonly cookie?: string
  /** Further headers; a list is sent as a header of several lines. */
  readonly headers?: OutgoingHttpHeaders
  readonly permission?: string
  /** Behind `/check`, as it is. */
  readonly query?: string
}

export interface Program {
  check(options?: CheckOptions): Promise<Answer>
  /** Signals only this process. */
  stop(): Promise<void>
}

const START_MS = 30_000
const ANSWER_MS = 20_000

export async function startProgram(command: Command, environment: Environment): Promise<Program> {
  const child = spawn(command.file, command.args, {
    cwd: command.cwd,
    env: { ...process.env, ...command.env, ...environment, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const complaints = collect(child)
  const url = await firstUrl(child, complaints)
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  return {
    check: (options = {}) => send(url, agent, options, complaints),
    stop: async () => {
      agent.destroy()
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 3_000)
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

/** The program prints `listening on http://127.0.0.1:<port>` when it accepts connections. */
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

async function send(
  base: string,
  agent: Agent,
  options: CheckOptions,
  complaints: () => string,
): Promise<Answer> {
  const url = new URL(`/check${options.query ?? ''}`, base)
  if (options.permission !== undefined) url.searchParams.set('permission', options.permission)
  const headers: OutgoingHttpHeaders = { ...options.headers }
  if (options.bearer !== undefined) headers.authorization = `Bearer ${options.bearer}`
  if (options.key !== undefined) headers['x-api-key'] = options.key
  if (options.cookie !== undefined) headers.cookie = options.cookie
  const signal = AbortSignal.timeout(ANSWER_MS)
  try {
    const sent = request(url, { agent, headers, signal }).end()
    const [response]: [IncomingMessage] = await waitForResponse(sent)
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(Buffer.from(chunk))
    const text = Buffer.concat(chunks).toString()
    return { status: response.statusCode ?? 0, headers: response.headers, text, json: parse(text) }
  } catch (error) {
    throw new Error(`The program did not answer. It said: ${complaints()}`, { cause: error })
  }
}

async function waitForResponse(sent: ReturnType<typeof request>): Promise<[IncomingMessage]> {
  const [response] = await once(sent, 'response')
  assert.ok(isMessage(response))
  return [response]
}

const isMessage = (value: unknown): value is IncomingMessage =>
  typeof value === 'object' && value !== null && 'statusCode' in value

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // A refusal may have any body.
  }
}
