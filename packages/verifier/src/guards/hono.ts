/** Guards for Hono 4: middleware that sets `principal`, `credential` and `permissions` on the context. */
import type { Context, Handler, MiddlewareHandler, Next } from 'hono'
import type { Verifier } from '../verifier-types.ts'
import { createGuardCore, type RouteGuard } from './guard.ts'
import type { Caller, GuardOptions, Outcome, Requirements } from './guard-types.ts'
import { honoWire, isOnNode } from './hono-wire.ts'
import type { Metadata } from './metadata.ts'

export type { Caller, GuardOptions, Requirements } from './guard-types.ts'

/** What handlers behind a guard find by `c.get('principal')` and in `c.var`. */
export interface CallerVariables {
  Variables: Caller
}

export interface HonoGuard {
  /** Lets only those on to the next handler of whom the route's requirements hold. */
  (requirements?: Requirements<Context>): MiddlewareHandler<CallerVariables>
  /** Where `metadata` belongs; null where the API is not called by a URL. */
  readonly metadataPath: string | null
  /** Answers with the API's protected-resource metadata (RFC 9728). */
  readonly metadata: Handler
}

/** Makes guards that share one verifier, one rate limiter and one set of options. */
export function createGuard(verifier: Verifier, options: GuardOptions<Context> = {}): HonoGuard {
  const core = createGuardCore(verifier, honoWire, options)
  const guard = (requirements: Requirements<Context> = {}): MiddlewareHandler<CallerVariables> =>
    protect(core.route(requirements), requirements.closeWhenEnded === true)
  return Object.assign(guard, {
    metadataPath: core.metadata?.path ?? null,
    metadata: () => answerMetadata(core.metadata),
  })
}

type GuardContext = Context<CallerVariables>

function protect(
  route: RouteGuard<Context, Context>,
  closesBody: boolean,
): MiddlewareHandler<CallerVariables> {
  const serve = (outcome: Outcome, context: GuardContext, next: Next): ReturnType<MiddlewareHandler> => {
    if (!outcome.ok) return Promise.resolve(toResponse(outcome))
    context.set('principal', outcome.principal)
    context.set('credential', outcome.credential)
    context.set('permissions', outcome.permissions)
    return closesBody && !isOnNode(context) ? serveClosing(outcome.principal.ended, context, next) : next()
  }
  // No async function: one promise less for every request that memory can answer.
  return (context, next) => {
    const outcome = route.check(context, context)
    return outcome instanceof Promise
      ? outcome.then((settled) => serve(settled, context, next))
      : serve(outcome, context, next)
  }
}

const toResponse = ({ status, headers, body }: Extract<Outcome, { ok: false }>): Response =>
  new Response(body, { status, headers })

/** Where there is no socket to cut, the body ends in an error when the signal fires. */
async function serveClosing(signal: AbortSignal, context: GuardContext, next: Next): Promise<void> {
  await next()
  const { body } = context.res
  if (body !== null)
    context.res = new Response(body.pipeThrough(new TransformStream(), { signal }), context.res)
}

function answerMetadata(metadata: Metadata | null): Response {
  return metadata === null
    ? new Response(null, { status: 404 })
    : new Response(metadata.body, { headers: metadata.headers })
}
