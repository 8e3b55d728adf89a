/** The program under test: a resource server in any language that answers `GET /check`. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'
import { type Command, launchProgram } from '../programs/launch.ts'

export type { Command }

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

const ANSWER_MS = 20_000

export async function startProgram(command: Command, environment: Environment): Promise<Program> {
  const { url, complaints, stop } = await launchProgram(command, { ...environment })
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  return {
    check: (options = {}) => send(url, agent, options, complaints),
    stop: async () => {
      agent.destroy()
      await stop()
    },
  }
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
