/**
 * Defence against cross-site requests by cookie (ASVS 3.5.1–3.5.3): browsers say where a request comes from by
 * Fetch Metadata and Origin, and pages cannot forge either.
 */
import { type RawHeaders, readHeader } from './raw-headers.ts'

export interface OriginPolicy {
  readonly origins: ReadonlySet<string>
  readonly allowedOrigins: ReadonlySet<string>
}

/** `unknown`: neither header is there, so it is no browser, or an old one. */
export type OriginVerdict = 'trusted' | 'foreign' | 'unknown'

/** What the headers prove. Where they contradict each other the worse one counts. */
export function judgeOrigin(raw: RawHeaders, policy: OriginPolicy): OriginVerdict {
  const origin = readHeader(raw, 'origin')
  const site = readHeader(raw, 'sec-fetch-site')
  if (origin === null && site === null) return 'unknown'
  // Named origins are trusted wherever they lie; a browser that names one that is not is believed as well.
  if (origin !== null && policy.allowedOrigins.has(origin)) return isSite(site) ? 'trusted' : 'foreign'
  if (origin !== null && !policy.origins.has(origin)) return 'foreign'
  // `none` is a person's own navigation, which never sends these requests; a site we do not know is not ours.
  return site === null || site === 'same-origin' ? 'trusted' : 'foreign'
}

/** What a browser says about a request of a page of another origin, or of the same behind another name. */
const isSite = (site: string | null): boolean =>
  site === null || site === 'cross-site' || site === 'same-site' || site === 'same-origin'

/**
 * Whether a request only reads (RFC 9110 §9.2.1). One that opens a WebSocket is a GET, and everything that
 * follows on it would be sent with the cookie's authority.
 */
export function isSafe(method: string, raw: RawHeaders): boolean {
  const reads = method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
  return reads && readHeader(raw, 'upgrade') === null
}

/** Origins as browsers write them, or a `RangeError`: `null` and `*` would let anybody in. */
export function toOrigins(texts: readonly string[]): ReadonlySet<string> {
  for (const text of texts) {
    if (!URL.canParse(text) || new URL(text).origin !== text || text === 'null') {
      throw new RangeError('An origin is written as https://app.example.com, without a path or a slash.')
    }
  }
  return new Set(texts)
}
