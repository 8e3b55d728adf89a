/** Guards for Express, 5 and 4: middleware that puts the caller into `response.locals`. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Request } from 'express'
import type { Verifier } from '../verifier-types.ts'
import { createGuardCore, type RouteGuard } from './guard.ts'
import type { Caller, GuardOptions, Outcome, Requirements } from './guard-types.ts'
import { answerMetadata, nodeWire, type OutgoingResponse, sendRefusal } from './node-wire.ts'

export type { Caller, GuardOptions, Requirements } from './guard-types.ts'

type Next = (error?: unknown) => void
type Answer = ServerResponse & { locals: { -readonly [Name in keyof Caller]: Caller[Name] } }

/**
 * Middleware that asks for no more of a request than every request has, so that handlers after it in a route
 * see the types of `locals` and keep those of their path's parameters. A method's type, since Express always
 * hands over a request of its own.
 */
export type ExpressMiddleware = {
  run(request: IncomingMessage, response: Answer, next: Next): void
}['run']

export interface ExpressGuard {
  /** Lets only those on to the next handler of whom the route's requirements hold. */
  (requirements?: Requirements<Request>): ExpressMiddleware
  /** Where `metadata` belongs; null where the API is not called by a URL. */
  readonly metadataPath: string | null
  /** Answers with the API's protected-resource metadata (RFC 9728). */
  readonly metadata: (request: IncomingMessage, response: ServerResponse) => void
}

/** Makes guards that share one verifier, one rate limiter and one set of options. */
export function createGuard(verifier: Verifier, options: GuardOptions<Request> = {}): ExpressGuard {
  const core = createGuardCore<Request, OutgoingResponse>(verifier, nodeWire, options)
  return Object.assign((requirements: Requirements<Request> = {}) => protect(core.route(requirements)), {
    metadataPath: core.metadata?.path ?? null,
    metadata: (_request: IncomingMessage, response: ServerResponse) =>
      answerMetadata(response, core.metadata),
  })
}

function protect(route: RouteGuard<Request, OutgoingResponse>): ExpressMiddleware {
  return (request: Request, response: Answer, next: Next): void => {
    const outcome = route.check(request, response)
    if (outcome instanceof Promise) outcome.then((settled) => serve(settled, response, next)).catch(next)
    else serve(outcome, response, next)
  }
}

function serve(outcome: Outcome, response: Answer, next: Next): void {
  if (!outcome.ok) {
    sendRefusal(response, outcome)
    return
  }
  const { locals } = response
  locals.principal = outcome.principal
  locals.credential = outcome.credential
  locals.permissions = outcome.permissions
  next()
}
