/** Requests and answers of `node:http` and of the frameworks that hand them on as they are. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Refusal } from './guard-types.ts'
import type { Metadata } from './metadata.ts'
import type { Wire } from './wire.ts'

/** What is read of a request; that of HTTP/2 has it too. */
export type IncomingRequest = Pick<IncomingMessage, 'method' | 'rawHeaders' | 'socket'> & {
  readonly url?: string | undefined
  /** Express keeps it here while routers cut `url` down. */
  readonly originalUrl?: string | undefined
}
/** What is done to an answer. */
export interface OutgoingResponse {
  setHeader(name: string, value: string): unknown
  destroy(): unknown
  on(event: 'close', listener: () => void): unknown
}

export const nodeWire: Wire<IncomingRequest, OutgoingResponse> = {
  method: (request) => request.method ?? '',
  path: (request) => request.originalUrl ?? request.url ?? '',
  rawHeaders: (request) => request.rawHeaders,
  connection: (request) => request.socket,
  setField: (response, name, value) => void response.setHeader(name, value),
  closeOn: closeResponse,
}

/** Destroys the answer's socket when the signal fires, and lets go of the signal when the answer has ended. */
export function closeResponse(signal: AbortSignal, response: OutgoingResponse): void {
  const close = (): void => void response.destroy()
  if (signal.aborted) close()
  else signal.addEventListener('abort', close, { once: true })
  response.on('close', () => signal.removeEventListener('abort', close))
}

export function sendRefusal(
  response: Pick<ServerResponse, 'writeHead' | 'end'>,
  { status, headers, body }: Refusal,
): void {
  response.writeHead(status, headers)
  response.end(body)
}

/** Also for an API without a document: then there is nothing here. */
export function answerMetadata(
  response: Pick<ServerResponse, 'writeHead' | 'end'>,
  metadata: Metadata | null,
): void {
  if (metadata === null) response.writeHead(404)
  else response.writeHead(200, metadata.headers)
  response.end(metadata?.body)
}
