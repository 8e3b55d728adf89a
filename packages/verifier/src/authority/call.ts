/** Calls the authority with the resource server's API key; every call has a time limit, every answer a bound. */
import type { Timers } from '../verifier-types.ts'

export interface CallOptions {
  /** Sent as JSON by POST; without it the call is a GET. */
  readonly body?: object
  readonly timeLimitMs: number
  /** Gives the call up; its answer is dropped wherever it has got to. */
  readonly signal?: AbortSignal
}

export interface CallAnswer {
  readonly status: number
  /** Null unless the status is 200. */
  readonly body: unknown
}

/** Rejects when there is no answer, not in time, or none that can be read. */
export type Call = (path: string, options: CallOptions) => Promise<CallAnswer>

export interface CallParts {
  /** Without a slash at the end. */
  readonly url: string
  readonly key: string
  readonly fetch: typeof globalThis.fetch
  readonly timers: Timers
}

/** Ten thousand entries with the longest ids; more is no page of any feed. */
const ANSWER_CHARACTERS_MAX = 8 * 1024 * 1024

export function createCall({ url, key, fetch, timers }: CallParts): Call {
  const send = async (path: string, body: object | undefined, signal: AbortSignal): Promise<CallAnswer> => {
    const response = await fetch(url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `ApiKey ${key}`,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      // Whoever answers with a redirect must not get the key sent to where he points.
      redirect: 'manual',
      signal,
    })
    const text = await read(response)
    return { status: response.status, body: response.status === 200 ? JSON.parse(text) : null }
  }
  return (path, { body, timeLimitMs, signal }) =>
    new Promise((resolve, reject) => {
      const controller = new AbortController()
      // Rejects by itself, since not every `fetch` minds its signal.
      const giveUp = (problem: string): void => {
        reject(new Error(problem))
        controller.abort()
      }
      const abandon = (): void => giveUp('abandoned')
      const cancel = timers.set(timeLimitMs, () => giveUp('no answer in time'))
      signal?.addEventListener('abort', abandon)
      send(path, body, controller.signal)
        .then(resolve, reject)
        .finally(() => {
          cancel()
          signal?.removeEventListener('abort', abandon)
        })
    })
}

async function read({ body }: Response): Promise<string> {
  const decoder = new TextDecoder()
  const reader = body?.getReader()
  let text = ''
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
    text += decoder.decode(value, { stream: !done })
    if (text.length > ANSWER_CHARACTERS_MAX) {
      await reader?.cancel()
      throw new Error('the answer is too large')
    }
    if (done) return text
  }
}
