/**
 * Defence against cross-site requests (ASVS 3.5.1–3.5.3): browsers say where a request comes from by Fetch
 * Metadata and Origin. Where they say nothing, the CSRF token of the session must be there.
 */

import type { Secrets } from '@countersign/core'
import type { SessionId } from '@countersign/protocol'
import type { Headers as HeaderReader } from './exchange.ts'

export interface OriginPolicy {
  readonly ownOrigins: ReadonlySet<string>
  /** The CORS allow list. */
  readonly allowedOrigins: ReadonlySet<string>
}

export type OriginVerdict =
  /** The browser says: the very same origin. */
  | 'same'
  /** Another origin that is on the allow list. */
  | 'allowed'
  /** Another origin. */
  | 'foreign'
  /** Neither header: no browser, or an old one. */
  | 'unknown'

/** What the headers prove. Where they contradict each other the worse one counts. */
export function judgeOrigin(header: HeaderReader, policy: OriginPolicy): OriginVerdict {
  const origin = header('origin')
  const site = header('sec-fetch-site')
  if (origin === null && site === null) return 'unknown'
  if (origin !== null && !policy.ownOrigins.has(origin))
    return policy.allowedOrigins.has(origin) ? 'allowed' : 'foreign'
  // `none` is a person's own navigation, which never sends these requests; a site we do not know is not ours.
  if (site !== null && site !== 'same-origin') return 'foreign'
  return 'same'
}

/** For a state-changing request by cookie. An allowed origin may act for the session if it knows its token. */
export function isCsrfSafe(
  header: HeaderReader,
  policy: OriginPolicy,
  secrets: Secrets,
  session: SessionId | null,
): boolean {
  const verdict = judgeOrigin(header, policy)
  if (verdict === 'same') return true
  if (verdict === 'foreign' || session === null) return false
  const presented = header('x-csrf-token')
  return presented !== null && secrets.isCsrfToken(session, presented)
}

/** What the browser said about where the request came from, as a word for those who may read decisions. */
export function tellOrigin(header: HeaderReader, policy: OriginPolicy): string {
  const site = header('sec-fetch-site')
  const told = site !== null && SITES.has(site) ? site.replace('-', '_') : 'untold'
  return `${judgeOrigin(header, policy)}_origin_${told}`
}
const SITES: ReadonlySet<string> = new Set(['same-origin', 'same-site', 'cross-site', 'none'])

/** For requests that set cookies without having one: a foreign page must not sign its visitor in (login CSRF). */
export function isForeign(header: HeaderReader, policy: OriginPolicy): boolean {
  return judgeOrigin(header, policy) === 'foreign'
}
