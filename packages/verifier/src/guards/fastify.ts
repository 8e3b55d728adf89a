/** Guards for Fastify 5: an `onRequest` hook for each route, and a plugin that types and keeps the caller. */
import type {
  FastifyInstance,
  FastifyPluginCallback,
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
} from 'fastify'
import type { Authenticated, Verifier } from '../verifier-types.ts'
import { createGuardCore, type RouteGuard } from './guard.ts'
import type { Caller, GuardOptions, Outcome, Requirements } from './guard-types.ts'
import type { Metadata } from './metadata.ts'
import { closeResponse, type OutgoingResponse } from './node-wire.ts'
import type { Wire } from './wire.ts'

export type { Caller, GuardOptions, Requirements } from './guard-types.ts'

/** Where a request keeps its caller; null before a guard has let it in. */
const CALLER: unique symbol = Symbol('countersign caller')

declare module 'fastify' {
  interface FastifyRequest extends Readonly<Caller> {
    [CALLER]: Authenticated | null
  }
}

export interface FastifyGuard {
  /**
   * An `onRequest` hook: it runs before the body is read. Only behind it may a handler read `request.principal`,
   * `credential` and `permissions`; elsewhere they throw.
   */
  (requirements?: Requirements<FastifyRequest>): onRequestHookHandler
  /** To be registered once, before the routes. Serves the API's protected-resource metadata, too (RFC 9728). */
  readonly plugin: FastifyPluginCallback
}

/** Makes guards that share one verifier, one rate limiter and one set of options. */
export function createGuard(verifier: Verifier, options: GuardOptions<FastifyRequest> = {}): FastifyGuard {
  const core = createGuardCore(verifier, fastifyWire, options)
  return Object.assign(
    (requirements: Requirements<FastifyRequest> = {}) => protect(core.route(requirements)),
    {
      plugin: toPlugin(core.metadata),
    },
  )
}

const fastifyWire: Wire<FastifyRequest, FastifyReply> = {
  method: (request) => request.method,
  path: (request) => request.raw.url ?? '',
  rawHeaders: (request) => request.raw.rawHeaders,
  connection: (request) => request.raw.socket,
  setField: (reply, name, value) => void reply.header(name, value),
  closeOn: (signal, reply) => closeResponse(signal, reply.raw satisfies OutgoingResponse),
}

type Done = (error?: Error) => void

function protect(route: RouteGuard<FastifyRequest, FastifyReply>): onRequestHookHandler {
  return (request, reply, done) => {
    const outcome = route.check(request, reply)
    if (outcome instanceof Promise)
      outcome.then((settled) => serve(settled, request, reply, done)).catch(done)
    else serve(outcome, request, reply, done)
  }
}

function serve(outcome: Outcome, request: FastifyRequest, reply: FastifyReply, done: Done): void {
  if (!outcome.ok) {
    reply.code(outcome.status).headers(outcome.headers).send(outcome.body)
    return
  }
  if (request[CALLER] === undefined) throw new Error('Register the plugin of the guard before its routes.')
  request[CALLER] = outcome
  done()
}

function toPlugin(metadata: Metadata | null): FastifyPluginCallback {
  const plugin: FastifyPluginCallback = (app, _options, done) => {
    if (!app.hasRequestDecorator(CALLER)) decorate(app)
    if (metadata !== null) {
      const { path, headers, body } = metadata
      app.get(path, (_request, reply) => reply.headers(headers).send(body))
    }
    done()
  }
  // What a plugin decorates is seen by itself alone, unless it says that its walls are not there.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true })
}

function decorate(app: FastifyInstance): void {
  // Declared for every request beforehand, so that setting it changes no request's shape.
  app.decorateRequest(CALLER, null)
  app.decorateRequest('principal', { getter: readCaller('principal') })
  app.decorateRequest('credential', { getter: readCaller('credential') })
  app.decorateRequest('permissions', { getter: readCaller('permissions') })
}

function readCaller<Name extends keyof Caller>(name: Name): (this: FastifyRequest) => Caller[Name] {
  return function read(this: FastifyRequest): Caller[Name] {
    const caller = this[CALLER]
    if (caller === null) throw new Error(`\`request.${name}\` was read on a route without a guard.`)
    return caller[name]
  }
}
