/**
 * One request and its answer over fetch: bounded in time, never following a redirect, and turning whatever
 * goes wrong into one of the two errors.
 */
import { AuthorityUnreachable, parseProblem } from './errors.ts'
import type { Ports } from './ports.ts'

export interface Outgoing {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Absolute, and free of secrets: URLs end up in logs. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  /** Whether the browser's cookies go along. */
  readonly cookies: boolean
  readonly timeoutMs: number
}

/**
 * Sends one request and reads the whole answer. Returns the parsed body of a 2xx answer (null for 204).
 * Throws `ApiProblem` for a refusal, `AuthorityUnreachable` when there is no answer that can be understood.
 */
export async function exchange(ports: Ports, outgoing: Outgoing): Promise<unknown> {
  const { status, ok, headers, text } = await send(ports, outgoing)
  if (ok && text === '') return null
  const body = parseJson(text)
  if (ok && body !== undefined) return body
  const problem = ok ? null : parseProblem(status, headers, body)
  if (problem !== null) throw problem
  throw new AuthorityUnreachable(
    'unexpected_answer',
    `What answers at ${originOf(outgoing.url)} is not a Countersign authority, or something stands before it (status ${status}).`,
  )
}

interface RawAnswer {
  readonly status: number
  readonly ok: boolean
  readonly headers: Headers
  readonly text: string
}

/** The clock runs until the body has arrived: a stalled body is as bad as no answer. */
async function send(ports: Ports, outgoing: Outgoing): Promise<RawAnswer> {
  const controller = new AbortController()
  const cancel = ports.after(outgoing.timeoutMs, () => controller.abort())
  try {
    const answer = await ports.fetch(outgoing.url, toInit(outgoing, controller.signal))
    return { status: answer.status, ok: answer.ok, headers: answer.headers, text: await answer.text() }
  } catch (cause) {
    throw controller.signal.aborted ? timedOut(outgoing) : unreachable(outgoing, cause)
  } finally {
    cancel()
  }
}

function toInit(outgoing: Outgoing, signal: AbortSignal): RequestInit {
  return {
    method: outgoing.method,
    headers: outgoing.headers,
    body: outgoing.body,
    credentials: outgoing.cookies ? 'include' : 'omit',
    // A redirect could carry the body, and a header that fetch does not know as secret, to another host.
    redirect: 'error',
    cache: 'no-store',
    signal,
  }
}

function timedOut(outgoing: Outgoing): AuthorityUnreachable {
  const seconds = Math.round(outgoing.timeoutMs / 100) / 10
  return new AuthorityUnreachable(
    'timeout',
    `The authority at ${originOf(outgoing.url)} did not answer within ${seconds} s.`,
  )
}

/**
 * The cause is told by its code and is not attached: what a runtime writes into its errors is not ours to
 * vouch for, and some quote the headers.
 */
function unreachable(outgoing: Outgoing, cause: unknown): AuthorityUnreachable {
  const code = codeOf(cause)
  const because = code === null ? '' : ` (${code})`
  return new AuthorityUnreachable(
    'network',
    `The authority at ${originOf(outgoing.url)} cannot be reached${because}.`,
  )
}

/** Node hides the system's code, such as ECONNREFUSED, one or two causes deep. */
function codeOf(error: unknown, depth = 0): string | null {
  if (typeof error !== 'object' || error === null || depth > 2) return null
  if ('code' in error && typeof error.code === 'string' && /^[A-Z_]{3,40}$/.test(error.code))
    return error.code
  return 'cause' in error ? codeOf(error.cause, depth + 1) : null
}

const originOf = (url: string): string => new URL(url).origin

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return undefined // Not JSON: the caller says what that means.
  }
}
