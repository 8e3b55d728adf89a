/** How the core reads a framework's request and answers through it, so that all frameworks share one core. */
import type { RawHeaders } from './raw-headers.ts'

/** What is known about the connection; a socket of Node's is one. */
export interface Connection {
  readonly remoteAddress?: string | undefined
  /** This process ended the TLS connection itself. */
  readonly encrypted?: boolean
  /** The request was made to a loopback name, where there is no socket to ask. */
  readonly isLocal?: boolean
}

export interface Wire<Req, Res> {
  method(request: Req): string
  /** As it stands in the request line, before any router has cut something off. */
  path(request: Req): string
  rawHeaders(request: Req): RawHeaders
  connection(request: Req): Connection
  /** Sets a field of the answer that the handler is going to give. */
  setField(response: Res, name: string, value: string): void
  /** Cuts the connection of an answer that is under way, when the signal fires before it has ended. */
  closeOn(signal: AbortSignal, response: Res): void
}
