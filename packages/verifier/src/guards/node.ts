/** Guards for plain `node:http`: a handler that is called with its caller, or not at all. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { errors } from '@countersign/protocol'
import type { Verifier } from '../verifier-types.ts'
import { createGuardCore, type RouteGuard } from './guard.ts'
import type { Caller, GuardOptions, Outcome, Refusal, Requirements } from './guard-types.ts'
import { answerMetadata, nodeWire, type OutgoingResponse, sendRefusal } from './node-wire.ts'

export type { Caller, GuardOptions, Requirements } from './guard-types.ts'

type Done = void | Promise<void>
export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Done
export type ProtectedHandler = (request: IncomingMessage, response: ServerResponse, caller: Caller) => Done

/** The connection of an `upgrade` event. */
export interface UpgradeSocket {
  end(text: string): unknown
  destroy(): unknown
  on(event: 'close', listener: () => void): unknown
}
export type UpgradeHandler<Socket, Head> = (request: IncomingMessage, socket: Socket, head: Head) => Done
export type ProtectedUpgrade<Socket, Head> = (
  request: IncomingMessage,
  socket: Socket,
  head: Head,
  caller: Caller,
) => Done

export interface NodeGuard {
  /** Puts what a route asks for before its handler. What a hook or a port throws is thrown on. */
  (requirements: Requirements<IncomingMessage>, handler: ProtectedHandler): NodeHandler
  /**
   * The same for the `upgrade` event, with which WebSockets begin. One that is asked for by cookie must come from
   * the API's own pages; the connection is cut when the credential is good no longer.
   */
  upgrade<Socket extends UpgradeSocket, Head>(
    requirements: Requirements<IncomingMessage>,
    handler: ProtectedUpgrade<Socket, Head>,
  ): UpgradeHandler<Socket, Head>
  /** Where `metadata` belongs; null where the API is not called by a URL. */
  readonly metadataPath: string | null
  /** Answers with the API's protected-resource metadata (RFC 9728). */
  readonly metadata: NodeHandler
}

/** Makes guards that share one verifier, one rate limiter and one set of options. */
export function createGuard(verifier: Verifier, options: GuardOptions<IncomingMessage> = {}): NodeGuard {
  const core = createGuardCore(verifier, nodeWire, options)
  const guard = (requirements: Requirements<IncomingMessage>, handler: ProtectedHandler): NodeHandler =>
    protect(core.route(requirements), handler)
  return Object.assign(guard, {
    upgrade: <Socket extends UpgradeSocket, Head>(
      requirements: Requirements<IncomingMessage>,
      handler: ProtectedUpgrade<Socket, Head>,
    ) => protectUpgrade(core.route({ ...requirements, closeWhenEnded: true }), handler),
    metadataPath: core.metadata?.path ?? null,
    metadata: (_request: IncomingMessage, response: ServerResponse) =>
      answerMetadata(response, core.metadata),
  })
}

function protect(
  route: RouteGuard<IncomingMessage, OutgoingResponse>,
  handler: ProtectedHandler,
): NodeHandler {
  const serve = (outcome: Outcome, request: IncomingMessage, response: ServerResponse): Done =>
    outcome.ok ? handler(request, response, outcome) : sendRefusal(response, outcome)
  return (request, response) => {
    const outcome = route.check(request, response)
    return outcome instanceof Promise
      ? outcome.then((settled) => serve(settled, request, response))
      : serve(outcome, request, response)
  }
}

function protectUpgrade<Socket extends UpgradeSocket, Head>(
  route: RouteGuard<IncomingMessage, OutgoingResponse>,
  handler: ProtectedUpgrade<Socket, Head>,
): UpgradeHandler<Socket, Head> {
  return (request, socket, head) => {
    const serve = (outcome: Outcome): Done =>
      outcome.ok ? handler(request, socket, head, outcome) : void socket.end(toText(outcome))
    const outcome = route.check(request, toResponse(socket))
    return outcome instanceof Promise ? outcome.then(serve) : serve(outcome)
  }
}

/** An upgrade has no answer of ours to set fields of. */
const toResponse = (socket: UpgradeSocket): OutgoingResponse => ({
  setHeader: () => undefined,
  destroy: () => socket.destroy(),
  on: (event, listener) => socket.on(event, listener),
})

function toText({ code, status, headers, body }: Refusal): string {
  const fields = { ...headers, connection: 'close', 'content-length': String(body.length) }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${errors[code].title}\r\n${lines.join('')}\r\n${body}`
}
