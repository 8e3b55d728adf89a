/** Calls the authority: address, headers and body, one renewal where the access token has died, and retries. */
import { type Held, toAuthorization } from './credential.ts'
import { ApiProblem } from './errors.ts'
import { exchange, type Outgoing } from './exchange.ts'
import type { Keeper } from './keeper.ts'
import type { Ports } from './ports.ts'
import { withRetries } from './retry.ts'

type QueryValue = string | number | boolean | undefined

export interface CallSpec {
  readonly method: Outgoing['method']
  readonly path: string
  readonly query?: Readonly<Record<string, QueryValue>>
  readonly json?: object
  readonly form?: Readonly<Record<string, string | undefined>>
  /** Sending it twice does no more than sending it once. GET always is. */
  readonly idempotent?: boolean
  /** Without the client's credential; cookies go along only where the call says so. */
  readonly anonymous?: 'with_cookies' | 'without_cookies'
  /** Added to the client's time limit: what the authority was asked to wait. */
  readonly waitMs?: number
}

export type Call = (spec: CallSpec) => Promise<unknown>

export interface CallerSettings {
  /** Without a slash at the end. */
  readonly baseUrl: string
  readonly timeoutMs: number
}

/** Calls that carry no credential of the client's own. */
export function createAnonymousCall(ports: Ports, settings: CallerSettings): Call {
  return (spec) => {
    const cookies = spec.anonymous === 'with_cookies'
    const outgoing = toOutgoing(settings, spec, {}, cookies)
    return withRetries(ports, isIdempotent(spec), () => exchange(ports, outgoing))
  }
}

/** Calls with whatever the keeper holds. */
export function createCall(ports: Ports, settings: CallerSettings, keeper: Keeper): Call {
  const anonymousCall = createAnonymousCall(ports, settings)
  const sendAs = (held: Held, spec: CallSpec): Promise<unknown> => {
    const outgoing = toOutgoing(settings, spec, credentialHeaders(held, spec.method), held.kind === 'cookies')
    return withRetries(ports, isIdempotent(spec), () => exchange(ports, outgoing))
  }
  return async (spec) => {
    if (spec.anonymous !== undefined) return anonymousCall(spec)
    const held = await keeper.fresh()
    try {
      return await sendAs(held, spec)
    } catch (error) {
      // Refused before anything was done, so that a POST too may be sent again with a newer token.
      if (!isDeadCredential(error) || !(await keeper.renewAfter(held))) throw error
      return sendAs(keeper.held(), spec)
    }
  }
}

const isIdempotent = (spec: CallSpec): boolean => spec.idempotent ?? spec.method === 'GET'

const isDeadCredential = (error: unknown): boolean =>
  error instanceof ApiProblem && error.status === 401 && error.code === 'invalid_credential'

function credentialHeaders(held: Held, method: Outgoing['method']): Record<string, string> {
  const authorization = toAuthorization(held)
  if (authorization !== null) return { authorization }
  const changes = method !== 'GET'
  return changes && held.kind === 'cookies' && held.csrf !== null
    ? { 'x-csrf-token': held.csrf.reveal() }
    : {}
}

function toOutgoing(
  settings: CallerSettings,
  spec: CallSpec,
  credential: Record<string, string>,
  cookies: boolean,
): Outgoing {
  const content = toContent(spec)
  return {
    method: spec.method,
    url: settings.baseUrl + spec.path + toQuery(spec.query ?? {}),
    headers: {
      accept: 'application/json, application/problem+json',
      ...(content !== null && { 'content-type': content.type }),
      ...credential,
    },
    body: content?.body ?? null,
    cookies,
    timeoutMs: settings.timeoutMs + (spec.waitMs ?? 0),
  }
}

function toContent(spec: CallSpec): { type: string; body: string } | null {
  if (spec.json !== undefined) return { type: 'application/json', body: JSON.stringify(spec.json) }
  if (spec.form === undefined) return null
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(spec.form)) if (value !== undefined) form.set(name, value)
  return { type: 'application/x-www-form-urlencoded', body: form.toString() }
}

function toQuery(query: Readonly<Record<string, QueryValue>>): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) parameters.set(name, String(value))
  return parameters.size === 0 ? '' : `?${parameters}`
}
