/** CORS by allow list (ASVS 3.4.2): origins that are named get answers, no others hear of it. */

import type { Headers } from './exchange.ts'
import { dataHeaders, type Reply } from './reply.ts'

/** Headers for an answer to an allowed origin; nothing for others, and nothing for same-origin requests. */
export function corsHeaders(
  header: Headers,
  allowed: ReadonlySet<string>,
): Readonly<Record<string, string>> | null {
  if (allowed.size === 0) return null
  const origin = header('origin')
  if (origin === null || !allowed.has(origin)) return { vary: 'Origin' }
  return {
    'access-control-allow-credentials': 'true',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'DPoP-Nonce, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate',
    'cross-origin-resource-policy': 'cross-origin',
    vary: 'Origin',
  }
}

/** The answer to a preflight; null where the origin is not allowed or it is none. */
export function preflight(
  header: Headers,
  allowed: ReadonlySet<string>,
  methods: readonly string[],
): Reply | null {
  const origin = header('origin')
  if (origin === null || header('access-control-request-method') === null || !allowed.has(origin)) return null
  const headers = {
    ...dataHeaders,
    ...corsHeaders(header, allowed),
    'access-control-allow-headers': 'Authorization, Content-Type, DPoP, X-API-Key, X-CSRF-Token',
    'access-control-allow-methods': methods.join(', '),
    'access-control-max-age': '600',
  }
  return { status: 204, body: null, headers, outcome: 'ok' }
}
