/**
 * What a call can fail with: `ApiProblem` when the authority answered and refused, `AuthorityUnreachable` when
 * nothing answered that speaks as an authority does. Neither ever holds a credential or what was sent.
 */
import type { FactorName, Problem, Secret } from '@countersign/protocol'

export interface FieldProblem {
  readonly path: string
  readonly message: string
}

interface ProblemParts {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly decisionId: string | null
  readonly retryAfterSeconds: number | null
  readonly fields: readonly FieldProblem[]
}

/** A refusal: a problem document (RFC 9457), or an OAuth error (RFC 6749 §5.2) told in the same words. */
/**
 * The password was right and is not enough: nothing is signed in yet. Go on with `signInWithFactor`, or where
 * `mustEnrol` with `enrolTotpWithTicket` first.
 */
export class FactorRequired extends Error {
  readonly ticket: Secret
  /** What may be presented with the ticket, or enrolled with it. */
  readonly factors: readonly FactorName[]
  readonly mustEnrol: boolean

  constructor(ticket: Secret, factors: readonly FactorName[], mustEnrol: boolean) {
    super(mustEnrol ? 'A second factor has to be enrolled first.' : 'A second factor is needed.')
    this.name = 'FactorRequired'
    this.ticket = ticket
    this.factors = factors
    this.mustEnrol = mustEnrol
  }
}

/**
 * All that was asked for was right, and the password has to be changed: nothing is signed in yet. Go on with
 * `signInWithNewPassword`.
 */
export class PasswordChangeRequired extends Error {
  readonly ticket: Secret
  readonly reason: string

  constructor(ticket: Secret, reason: string) {
    super('The password has to be changed.')
    this.name = 'PasswordChangeRequired'
    this.ticket = ticket
    this.reason = reason
  }
}

/** Nothing exists yet: a mail tells how to go on, with `confirmSignUp`. Every address is answered so. */
export class CheckMail extends Error {
  constructor() {
    super('A mail tells how to go on.')
    this.name = 'CheckMail'
  }
}

export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly status: number
  /** Stable; one of `errors` or `oauthErrors` in the protocol, or a newer authority's. */
  readonly code: string
  readonly title: string
  readonly detail: string
  /** Finds the full reason in the authority's log; null where the answer named none. */
  readonly decisionId: string | null
  /** Seconds to wait before the next try; null where the authority did not say. */
  readonly retryAfterSeconds: number | null
  /** The fields that did not match, where the code is `invalid_request`. */
  readonly fields: readonly FieldProblem[]

  constructor(parts: ProblemParts, options?: ErrorOptions) {
    super(parts.detail === '' ? parts.title : `${parts.title}: ${parts.detail}`, options)
    this.status = parts.status
    this.code = parts.code
    this.title = parts.title
    this.detail = parts.detail
    this.decisionId = parts.decisionId
    this.retryAfterSeconds = parts.retryAfterSeconds
    this.fields = parts.fields
  }
}

export type UnreachableReason =
  /** No connection, or it broke. */
  | 'network'
  /** No whole answer within the time. */
  | 'timeout'
  /** Something answered, but not in the words of an authority: a proxy's error page, another program. */
  | 'unexpected_answer'

/** Nobody knows whether the request was carried out. */
export class AuthorityUnreachable extends Error {
  override readonly name = 'AuthorityUnreachable'
  readonly reason: UnreachableReason

  constructor(reason: UnreachableReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

/** Reads a refusal out of an answer's body; null when the body is neither form. */
export function parseProblem(status: number, headers: Headers, body: unknown): ApiProblem | null {
  if (typeof body !== 'object' || body === null) return null
  const retryAfterSeconds = parseRetryAfter(headers.get('retry-after'))
  if (isProblem(body)) return fromProblem(status, body, retryAfterSeconds)
  return isOAuthError(body) ? fromOAuthError(status, headers, body, retryAfterSeconds) : null
}

/** RFC 9110 §10.2.3. The authority sends seconds; a date, which a proxy may send, is left to the caller's patience. */
function parseRetryAfter(header: string | null): number | null {
  return header !== null && /^\d{1,9}$/.test(header) ? Number(header) : null
}

type ProblemBody = Omit<Problem, 'code'> & { readonly code: string }

function isProblem(body: object): body is ProblemBody {
  return 'code' in body && typeof body.code === 'string' && 'title' in body && typeof body.title === 'string'
}

function fromProblem(status: number, body: ProblemBody, retryAfterSeconds: number | null): ApiProblem {
  return new ApiProblem({
    status,
    code: body.code,
    title: body.title,
    detail: typeof body.detail === 'string' ? body.detail : '',
    decisionId: typeof body.decision_id === 'string' ? body.decision_id : null,
    retryAfterSeconds,
    fields: Array.isArray(body.errors) ? body.errors.filter(isFieldProblem) : [],
  })
}

function isFieldProblem(value: unknown): value is FieldProblem {
  if (typeof value !== 'object' || value === null) return false
  return (
    'path' in value &&
    typeof value.path === 'string' &&
    'message' in value &&
    typeof value.message === 'string'
  )
}

interface OAuthErrorBody {
  readonly error: string
  readonly error_description?: unknown
}

function isOAuthError(body: object): body is OAuthErrorBody {
  return 'error' in body && typeof body.error === 'string'
}

function fromOAuthError(
  status: number,
  headers: Headers,
  body: OAuthErrorBody,
  retryAfterSeconds: number | null,
): ApiProblem {
  return new ApiProblem({
    status,
    code: body.error,
    title: body.error,
    detail: typeof body.error_description === 'string' ? body.error_description : '',
    decisionId: headers.get('x-decision-id'),
    retryAfterSeconds,
    fields: [],
  })
}

/** True for refusals after which nothing can have happened, so that any request may be sent again. */
export function isRefusedUnseen({ status, code }: ApiProblem): boolean {
  return status === 429 || code === 'overloaded' || code === 'shutting_down'
}
