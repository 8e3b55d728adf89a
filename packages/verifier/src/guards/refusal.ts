/** The answers to refused requests: problem documents (RFC 9457) that no cache keeps. */
import { type ErrorCode, errors, type Problem } from '@countersign/protocol'
import type { Denied } from '../verifier-types.ts'
import type { Refusal } from './guard-types.ts'

/** How soon to ask again when it cannot be known whether a credential is good: a lease comes back quickly. */
const RETRY_SECONDS = 1

export function toRefusal(
  issuer: string,
  denied: Denied,
  challenge: string | null,
  fields: Readonly<Record<string, string>> = {},
  hint: string | null = null,
): Refusal {
  const { code, decisionId } = denied
  const { status } = errors[code]
  const headers = {
    'cache-control': 'no-store',
    'content-type': 'application/problem+json; charset=utf-8',
    'x-content-type-options': 'nosniff',
    ...(challenge !== null && { 'www-authenticate': challenge }),
    ...(status === 503 && { 'retry-after': String(RETRY_SECONDS) }),
    ...fields,
  }
  return {
    ok: false,
    code,
    decisionId,
    status,
    headers,
    body: JSON.stringify(toProblem(issuer, code, decisionId, hint)),
  }
}

function toProblem(issuer: string, code: ErrorCode, decisionId: string, hint: string | null): Problem {
  const { status, title, detail } = errors[code]
  const type = `${issuer}/docs/errors/${code}`
  return { type, title, status, detail, code, decision_id: decisionId, ...(hint !== null && { hint }) }
}
