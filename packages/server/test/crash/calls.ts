/** Requests to a server that may be killed at any moment, or whose database may. */

export interface Answer {
  /** 0: the connection broke, and what became of the request is not known. */
  readonly status: number
  readonly json: Readonly<Record<string, unknown>>
  readonly text: string
  readonly retryAfter: string | null
  readonly contentType: string | null
  /** Where a browser is sent; nobody follows by itself. */
  readonly location: string | null
  /** As they were set. */
  readonly cookies: readonly string[]
}

export interface CallOptions {
  readonly key?: string
  readonly bearer?: string
  readonly body?: unknown
  readonly form?: Readonly<Record<string, string>>
  readonly cookie?: string
}

/** Longer than any limit of the server's own: a request that hangs fails its test. */
const PATIENCE_MS = 30_000

export async function call(
  base: string,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer> {
  const headers: Record<string, string> = {}
  if (options.key !== undefined) headers['x-api-key'] = options.key
  if (options.bearer !== undefined) headers.authorization = `Bearer ${options.bearer}`
  if (options.cookie !== undefined) headers.cookie = options.cookie
  if (options.body !== undefined) headers['content-type'] = 'application/json'
  const form = options.form === undefined ? null : new URLSearchParams(options.form)
  const body = options.body === undefined ? form : JSON.stringify(options.body)
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const response = await fetch(`${base}${path}`, { method, headers, body, signal, redirect: 'manual' })
    const text = await response.text()
    const { status, headers: got } = response
    return {
      status,
      text,
      json: parse(text),
      retryAfter: got.get('retry-after'),
      contentType: got.get('content-type'),
      location: got.get('location'),
      cookies: got.getSetCookie(),
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') throw error
    return broken
  }
}

const broken: Answer = {
  status: 0,
  text: '',
  json: {},
  retryAfter: null,
  contentType: null,
  location: null,
  cookies: [],
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

/** Nobody knows whether it was done: the connection broke, or the database did while it was at work. */
export const isUnsure = (answer: Answer): boolean => answer.status === 0 || answer.status === 503
