/** The answer that is a page, or a file of one. */
import type { Reply } from '../http/reply.ts'

/** Scripts and styles come from files of our own origin; nothing inline, nothing framed (ASVS 3.4.3–3.4.6). */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

export function file(body: string, contentType: string, cacheControl = 'no-store'): Reply {
  const headers = {
    'cache-control': cacheControl,
    'content-security-policy': PAGE_POLICY,
    'content-type': `${contentType}; charset=utf-8`,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'strict-transport-security': 'max-age=63072000; includeSubDomains',
    'x-content-type-options': 'nosniff',
  }
  return { status: 200, body, headers, outcome: 'ok' }
}
