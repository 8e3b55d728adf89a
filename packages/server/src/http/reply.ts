/**
 * Answers, made in one step: adapters are fast with a status, a string and a plain object of headers, and
 * slow with anything that is changed afterwards.
 */
import type { StepUpNeed } from '@countersign/core'
import {
  type ErrorCode,
  errors,
  type OAuthErrorCode,
  oauthErrors,
  type Problem,
  proofAlgorithms,
} from '@countersign/protocol'
import { type OwnApi, ownMetadataUrl } from './own-api.ts'

export interface Reply {
  readonly status: number
  /** JSON text, HTML, a file, or nothing. */
  readonly body: string | Uint8Array<ArrayBuffer> | null
  readonly headers: Readonly<Record<string, string>>
  /** Each becomes a `Set-Cookie` of its own. */
  readonly cookies?: readonly string[]
  /** For logs and metrics: `ok` or the code of the refusal. */
  readonly outcome: string
}

/**
 * For every answer that is not a page: no script, frame or sniffing can make something of it, nothing keeps
 * it, and browsers that saw it over TLS never come back without (ASVS 3.2.1, 3.4.1, 14.3.2).
 */
export const dataHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
}

const jsonHeaders = { ...dataHeaders, 'content-type': 'application/json; charset=utf-8' }
const problemHeaders = { ...dataHeaders, 'content-type': 'application/problem+json; charset=utf-8' }

export function json(status: number, value: unknown, cookies?: readonly string[]): Reply {
  const reply: Reply = { status, body: JSON.stringify(value), headers: jsonHeaders, outcome: 'ok' }
  return cookies === undefined ? reply : { ...reply, cookies }
}

/** JSON that was spelled before: for answers that are the same until a verdict changes. */
export const rawJson = (body: string): Reply => ({ status: 200, body, headers: jsonHeaders, outcome: 'ok' })

export const noContent = (cookies?: readonly string[]): Reply => {
  const reply: Reply = { status: 204, body: null, headers: dataHeaders, outcome: 'ok' }
  return cookies === undefined ? reply : { ...reply, cookies }
}

export interface ProblemParts {
  readonly code: ErrorCode
  /** Names this decision in logs and traces; tells the caller nothing. */
  readonly decisionId: string
  readonly fields?: readonly { readonly path: string; readonly message: string }[]
  readonly headers?: Readonly<Record<string, string>>
  /** Why, where a developer is told. */
  readonly hint?: string | null
}

/** A problem document (RFC 9457). */
export function problem(api: OwnApi, parts: ProblemParts): Reply {
  const { status, title, detail } = errors[parts.code]
  const document: Problem = {
    type: `${api.issuer}/docs/errors/${parts.code}`,
    title,
    status,
    detail,
    code: parts.code,
    decision_id: parts.decisionId,
    ...(parts.fields && parts.fields.length > 0 && { errors: parts.fields }),
    ...(parts.hint && { hint: parts.hint }),
  }
  const headers = { ...problemHeaders, ...challenge(api, parts.code, status), ...parts.headers }
  return { status, body: JSON.stringify(document), headers, outcome: parts.code }
}

/** RFC 6750 §3.1. What is missing here has no error code: nothing was presented, or it is no matter of a token. */
const tokenErrors: Partial<Record<ErrorCode, string>> = {
  multiple_credentials: 'invalid_request',
  invalid_credential: 'invalid_token',
  permission_denied: 'insufficient_scope',
}

/** RFC 9110 §15.5.2: every 401 names a scheme. RFC 6750 §3: so does a token that does not reach far enough. */
function challenge(api: OwnApi, code: ErrorCode, status: number): Record<string, string> {
  // RFC 9449 §7.1.
  if (code === 'invalid_dpop_proof' || code === 'use_dpop_nonce') {
    const algorithms = proofAlgorithms.join(' ')
    return challengeOf(api, 'DPoP', `error="${code}", algs="${algorithms}"`)
  }
  const error = tokenErrors[code]
  if (error !== undefined) return challengeOf(api, 'Bearer', `error="${error}"`)
  return status === 401 ? challengeOf(api, 'Bearer', null) : {}
}

/** RFC 9470 §3: what the resource wants, in the challenge, so that a client knows what to ask for. */
export function stepUpHeaders(api: OwnApi, need: StepUpNeed): Readonly<Record<string, string>> {
  const wanted = `error="insufficient_user_authentication", acr_values="${need.acr}", max_age="${need.maxAgeSeconds}"`
  return challengeOf(api, 'Bearer', wanted)
}

/** RFC 9728 §5.1: whoever was refused here can find out where to get what is missing. */
function challengeOf(api: OwnApi, scheme: string, what: string | null): Record<string, string> {
  const url = ownMetadataUrl(api)
  const parts = ['realm="countersign"', what, url === null ? null : `resource_metadata="${url}"`]
  return { 'www-authenticate': `${scheme} ${parts.filter((part) => part !== null).join(', ')}` }
}

/** An answer with tokens. RFC 6749 §5.1 wants `Pragma` beside `Cache-Control`. */
export function tokenJson(value: unknown, cookies?: readonly string[]): Reply {
  const reply = json(200, value, cookies)
  return { ...reply, headers: { ...reply.headers, pragma: 'no-cache' } }
}

/** OAuth endpoints answer in the form of RFC 6749 §5.2. */
export function oauthError(
  error: OAuthErrorCode,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const status = oauthErrors[error]
  const challenged = status === 401 ? { 'www-authenticate': 'Bearer realm="countersign"' } : {}
  return {
    status,
    body: JSON.stringify({ error, error_description: description }),
    headers: { ...jsonHeaders, pragma: 'no-cache', ...challenged, ...headers },
    outcome: error,
  }
}

export function toResponse(reply: Reply): Response {
  const init = { status: reply.status, headers: reply.headers }
  if (reply.cookies === undefined || reply.cookies.length === 0) return new Response(reply.body, init)
  const headers = new Headers(reply.headers)
  for (const cookie of reply.cookies) headers.append('set-cookie', cookie)
  return new Response(reply.body, { status: reply.status, headers })
}
