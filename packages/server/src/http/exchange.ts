/**
 * One request on its way through the server, as an adapter hands it over. The platform's `Request` makes one
 * (`from-request.ts`), and so does `node:http` (`from-node.ts`), without the objects of the other in between.
 */
import type { Leaving } from '../feed/ports.ts'

/** Reads a header by its lower-case name; null when absent. */
export type Headers = (name: string) => string | null

/** What the one who holds the socket knows. Embedded apps that know nothing pass nothing. */
export interface Connection {
  readonly remoteAddress?: string | undefined
  /** The socket itself is TLS. */
  readonly encrypted?: boolean | undefined
}

export interface Incoming {
  /** As it was sent: HEAD is not GET here. */
  readonly method: string
  /** Begins with a slash, still percent-encoded, without query and fragment. */
  readonly path: string
  /** The query with its question mark; empty where there is none. */
  readonly search: string
  readonly header: Headers
  readonly connection: Connection
  /** Whether whoever built the URL says that the connection is secure or loopback; it counts where no peer is known. */
  readonly isUrlSecure: boolean
  /** False where no body was announced. */
  readonly hasBody: boolean
  /** The body; null where it is longer. Rejects where it was cut off, or read before by somebody else. */
  readBody(bytesMax: number): Promise<Uint8Array | null>
  /** Aborts when the other end has gone. Not free. */
  leaving(): Leaving
}

/** Path and query of a request target. Taken apart by hand: parsing a whole URL costs as much as all that follows. */
export function splitTarget(target: string): { readonly path: string; readonly search: string } {
  const hash = target.indexOf('#')
  const sent = hash < 0 ? target : target.slice(0, hash)
  const start = sent.indexOf('?')
  return start < 0 ? { path: sent, search: '' } : { path: sent.slice(0, start), search: sent.slice(start) }
}
