/** One request on its way through the server: where it came from, and its headers as the adapter has them. */

import type { Leaving } from '../feed/ports.ts'

/** Reads a header by its lower-case name; null when absent. */
export type Headers = (name: string) => string | null

/** What the one who holds the socket knows. Embedded apps that know nothing pass nothing. */
export interface Connection {
  readonly remoteAddress?: string | undefined
  /** The socket itself is TLS. */
  readonly encrypted?: boolean | undefined
  /** Whoever hands us the request reads no more of its body than `Content-Length` says, as `node:http` does. */
  readonly isLengthHeld?: boolean | undefined
  /** Headers that are parsed already: building a `Headers` object costs more than a warm check. */
  readonly headers?: Readonly<Record<string, string | string[] | undefined>> | undefined
  /** Tells when the other end has gone; without it the request's own signal does, which costs more to make. */
  readonly leaving?: (() => Leaving) | undefined
}

export function headerReader(request: Request, connection: Connection): Headers {
  const { headers } = connection
  if (headers === undefined) return (name) => request.headers.get(name)
  return (name) => {
    const value = headers[name]
    return value === undefined ? null : typeof value === 'string' ? value : value.join(', ')
  }
}
