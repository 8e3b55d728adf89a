/**
 * The way of a request: gate, limits, credential, permission, cross-site check, body, route, answer. The
 * warm path (a verdict in memory, nothing to read) runs through without a promise.
 */

import {
  type Caller,
  Overloaded,
  type StepUpNeed,
  StoreUnavailable,
  sessionOf,
  stepUpRefusal,
  TokenTooLarge,
} from '@countersign/core'
import { allows, type ErrorCode, isApiKeyId, toProgramName } from '@countersign/protocol'
import { after } from '../adapters/counters.ts'
import { lookOf } from '../pages/look.ts'
import { refusalPage } from '../routes/oauth-pages/refusal-page.ts'
import type { Services } from '../services.ts'
import { type Authentication, authenticate } from './authenticate.ts'
import { isBasic } from './basic.ts'
import { isForm } from './body.ts'
import { readClient, readFacts } from './client.ts'
import { readCookie } from './cookies.ts'
import { corsHeaders } from './cors.ts'
import { isCsrfSafe, isForeign, tellOrigin } from './csrf.ts'
import { readDeviceSecrets } from './device-cookie.ts'
import type { Incoming } from './exchange.ts'
import type { Flight } from './flight.ts'
import { hasSecretInUrl, passGate } from './gate.ts'
import { hintOf } from './hints.ts'
import { readInput } from './input.ts'
import { type Limited, tightest, toLimitFields } from './limit-fields.ts'
import { limitCaller, limitDevices, limitRoute } from './limits.ts'
import { noteSecretInUrl, record } from './record.ts'
import { oauthError, problem, type Reply, stepUpHeaders } from './reply.ts'
import type { AnyRoute, Call } from './route.ts'

export function dispatch(
  services: Services,
  route: AnyRoute,
  incoming: Incoming,
  params: Readonly<Record<string, string>>,
): Reply | Promise<Reply> {
  const { header, connection } = incoming
  const flight: Flight = {
    services,
    route,
    incoming,
    header,
    params,
    client: readClient(services, header, connection),
    startedMs: services.core.clock.monotonicMs(),
    nowMs: services.core.clock.nowMs(),
    id: services.nextId(),
    caller: null,
    reason: null,
    limited: null,
    strangersWaitSeconds: null,
    extra: null,
  }
  try {
    const reply = enter(flight)
    if (reply instanceof Promise)
      return reply.catch((error: unknown) => fail(flight, error)).then((one) => leave(flight, one))
    return leave(flight, reply)
  } catch (error) {
    return leave(flight, fail(flight, error))
  }
}

function enter(flight: Flight): Reply | Promise<Reply> {
  const { services, route, incoming, client } = flight
  const closed = passGate(incoming, client, services.gate)
  if (closed !== null) return refuse(flight, closed)
  if (services.isStopping()) return refuse(flight, 'shutting_down')
  if (hasSecretInUrl(incoming.search, services.config.credentialStyle.prefix)) noteSecretInUrl(flight)
  return after(limitRoute(services, route, client.address), (limited) => {
    if (limited === null || limited.allowed) return approach(flight, limited)
    if (!mayBeKnown(flight)) return refuseLimited(flight, limited)
    return after(limitDevices(services, client.address), (devices) => {
      if (devices === null || !devices.allowed) return refuseLimited(flight, limited)
      flight.strangersWaitSeconds = limited.verdict.resetSeconds
      return approach(flight, devices)
    })
  })
}

/** Strangers try passwords here; somebody who was here before is let through to where that can be told. */
const mayBeKnown = ({ route, header }: Flight): boolean =>
  ASKS_FOR_DEVICES.has(route.name) && readDeviceSecrets(header('cookie')).length > 0

/** Their doors refuse whoever is not known, where the network is over its limit. */
const ASKS_FOR_DEVICES = new Set(['sign_in', 'login'])

/** The request may be looked at: where it comes from, and with what credential. */
function approach(flight: Flight, limited: Limited | null): Reply | Promise<Reply> {
  const { services, route, header, client, incoming } = flight
  flight.limited = limited
  if (route.setsCookies && isForeign(header, services.origins))
    return refuse(flight, 'csrf_refused', tellOrigin(header, services.origins))
  if (route.access === 'public') return answer(flight)
  if (route.handleClient !== undefined && looksLikeClient(flight)) return enterAsClient(flight)
  const asked = () => ({ method: incoming.method, path: incoming.path })
  return after(authenticate(services, header, client.address, asked), (one) => admit(flight, one))
}

/** Nothing in the headers that could be a credential of ours, and a form, which is where clients name themselves. */
function looksLikeClient({ header, services }: Flight): boolean {
  if (!isForm(header)) return false
  const authorization = header('authorization')
  if (authorization !== null) return isBasic(authorization)
  return header('x-api-key') === null && readCookie(header('cookie'), services.cookies.cookieName) === null
}

/** Secrets of clients are tried as at the token endpoint, and as often. */
function enterAsClient(flight: Flight): Reply | Promise<Reply> {
  const { services, route, client } = flight
  return after(limitRoute(services, { ...route, limit: 'token' }, client.address), (limited) => {
    if (limited?.allowed === false) return refuseLimited(flight, limited)
    flight.limited = limited
    return answer(flight)
  })
}

function refuseLimited(flight: Flight, limited: Limited): Reply {
  flight.limited = limited
  return refuse(flight, 'rate_limited')
}

/** The credential is known: may it do this, this often, from this site? */
function admit(flight: Flight, authentication: Authentication): Reply | Promise<Reply> {
  const { services } = flight
  if (!authentication.ok) {
    if (authentication.headers !== undefined) flight.extra = { ...flight.extra, ...authentication.headers }
    return refuse(flight, authentication.code, authentication.reason)
  }
  const { caller, byCookie } = authentication
  flight.caller = caller
  return after(limitCaller(services, flight.route, caller), (limited) => {
    if (limited !== null) flight.limited = tightest(flight.limited, limited)
    return limited?.allowed === false ? refuse(flight, 'rate_limited') : serve(flight, caller, byCookie)
  })
}

function serve(flight: Flight, caller: Caller, byCookie: boolean): Reply | Promise<Reply> {
  const { services, route, header, client } = flight
  services.usage.record(caller.verdict, flight.nowMs, client.address)
  watchProgram(flight, caller)
  const isUnsafe = route.method !== 'GET'
  if (
    byCookie &&
    isUnsafe &&
    !isCsrfSafe(header, services.origins, services.core.secrets, sessionOf(caller))
  ) {
    return refuse(flight, 'csrf_refused', tellOrigin(header, services.origins))
  }
  if (typeof route.access === 'object' && !allows(caller.verdict.permissions, route.access.permission)) {
    return refuse(flight, 'permission_denied')
  }
  if (route.stepUp !== undefined && sessionOf(caller) !== null) {
    const tooOld = stepUpRefusal(caller, route.stepUp, flight.nowMs)
    if (tooOld !== null) return refuseStepUp(flight, route.stepUp)
  }
  return answer(flight)
}

/** The authority sees for itself what verifiers report. */
function watchProgram({ services, header, client, nowMs: atMs }: Flight, { verdict }: Caller): void {
  const key = verdict.credential.path.find(({ kind }) => kind === 'api_key')
  if (key === undefined || !isApiKeyId(key.id)) return
  const agent = toProgramName(header('user-agent'))
  services.programs.note(key.id, { atMs, address: client.address, agent, count: 1 })
}

/** Whoever stands under no session cannot step one up: what they may do, the route says. */
function refuseStepUp(flight: Flight, need: StepUpNeed): Reply {
  flight.extra = { ...flight.extra, ...stepUpHeaders(flight.services.config, need) }
  return refuse(flight, 'insufficient_user_authentication')
}

function answer(flight: Flight): Reply | Promise<Reply> {
  const { route } = flight
  if (route.body === undefined && route.query === undefined) return handle(flight, undefined, undefined)
  return readAnd(flight)
}

async function readAnd(flight: Flight): Promise<Reply> {
  const bytesMax = Math.max(flight.services.config.bodyBytesMax, flight.route.bodyBytesMax ?? 0)
  const input = await readInput(flight.route, flight.incoming, bytesMax)
  if (!input.ok) return refuse(flight, input.code, null, input.fields)
  return handle(flight, input.body, input.query)
}

/** The schemas have checked what the table's types promise; that is the one place where they meet. */
function handle(flight: Flight, body: unknown, query: unknown): Reply | Promise<Reply> {
  const { services, incoming, params, header, client, nowMs, id, caller } = flight
  const facts = readFacts(header, client, nowMs, id, flight.strangersWaitSeconds)
  const call: Call<unknown, unknown, Caller | null> = {
    services,
    body,
    query,
    params,
    caller,
    header,
    facts,
    decisionId: id,
    method: incoming.method,
    isHead: incoming.method === 'HEAD',
    search: () => incoming.search,
    leaving: () => incoming.leaving(),
  }
  const { handle, handleClient } = flight.route
  // Without a caller a guarded route is reached by clients alone.
  const isClient = caller === null && flight.route.access !== 'public' && handleClient !== undefined
  return (isClient ? handleClient : handle)(call as Call<never, never, never>)
}

function refuse(
  flight: Flight,
  code: ErrorCode,
  reason: string | null = null,
  fields: readonly { path: string; message: string }[] = [],
): Reply {
  flight.reason = reason
  if (flight.route.errorForm === 'oauth') return toOAuthRefusal(code)
  if (flight.route.errorForm === 'page') {
    const facts = readFacts(flight.header, flight.client, flight.nowMs, flight.id)
    const look = lookOf({ services: flight.services, facts, header: flight.header })
    return refusalPage(look, code, fields[0]?.path ?? null)
  }
  return problem(flight.services.config, {
    code,
    decisionId: flight.id,
    fields,
    hint: hintOf(flight, code),
  })
}

/** The gate's and the reader's refusals, in the words of RFC 6749 §5.2. */
function toOAuthRefusal(code: ErrorCode): Reply {
  switch (code) {
    case 'rate_limited':
      return oauthError('slow_down', 'Too many requests; wait for the time in Retry-After.')
    case 'credential_required':
    case 'invalid_credential':
    case 'invalid_dpop_proof':
    case 'use_dpop_nonce':
    case 'permission_denied':
    case 'credential_address_refused':
      return oauthError('invalid_client', 'The caller is not known or may not ask this.')
    case 'store_unavailable':
    case 'verifier_unavailable':
    case 'overloaded':
    case 'shutting_down':
      return oauthError('temporarily_unavailable', 'Try again shortly.')
    case 'access_token_too_large':
      return oauthError('invalid_scope', 'These rights do not fit into one token; ask for a narrower scope.')
    case 'internal_error':
      return oauthError('server_error', 'Something broke on our side.')
    default:
      return oauthError('invalid_request', 'The request is malformed, repeats a parameter or lacks one.')
  }
}

/** Outages are 503, bugs are 500 with an entry in the log; neither is ever a 4xx. */
function fail(flight: Flight, error: unknown): Reply {
  if (error instanceof Overloaded) {
    flight.extra = { ...flight.extra, 'retry-after': String(error.retryAfterSeconds) }
    return refuse(flight, 'overloaded')
  }
  if (error instanceof TokenTooLarge) {
    flight.services.logger.warn({ event: 'access_token_too_large', request: flight.id, error })
    return refuse(flight, 'access_token_too_large')
  }
  if (error instanceof StoreUnavailable) {
    flight.services.metrics.storeError()
    flight.services.logger.error({ event: 'store_unavailable', request: flight.id, error })
    flight.extra = { ...flight.extra, 'retry-after': '1' }
    return refuse(flight, 'store_unavailable')
  }
  flight.services.logger.error({ event: 'unexpected_error', request: flight.id, error })
  return refuse(flight, 'internal_error')
}

function leave(flight: Flight, reply: Reply): Reply {
  const cors = corsHeaders(flight.header, flight.services.origins.allowedOrigins)
  record(flight, reply)
  const { extra, limited } = flight
  if (cors === null && extra === null && limited === null) return reply
  // What a route tells of a limit of its own is about the one that refused.
  const fields = limited === null ? null : toLimitFields(limited)
  return {
    ...reply,
    headers: { ...fields, ...reply.headers, ...extra, ...cors, ...varyOf(reply.headers, cors) },
  }
}

/** Whoever keeps an answer has to know all that it depends on (RFC 9110 §12.5.5): neither field takes the other's place. */
function varyOf(own: Reply['headers'], cors: Reply['headers'] | null): Reply['headers'] {
  if (own.vary === undefined || cors?.vary === undefined) return {}
  return { vary: `${own.vary}, ${cors.vary}` }
}
