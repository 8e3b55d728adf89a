/** How a page and its files are answered: of their type, by a policy that runs nothing but our own files. */
import type { Reply } from '../http/reply.ts'

/** Scripts and styles come from files of our own origin; nothing inline, nothing framed (ASVS 3.4.3–3.4.6). */
export const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/** For pictures: whoever opens one by itself gets a picture, whatever stands in the file. */
export const PICTURE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"

/**
 * Nobody else learns where somebody comes from. `no-referrer` would have browsers send the forms of our own pages with
 * `Origin: null` (Fetch §3.2, "serializing a request origin"), which the guard of these forms must refuse.
 */
const REFERRER = 'same-origin'

export interface PageFile {
  readonly body: string | Uint8Array<ArrayBuffer>
  /** Complete, with its character set where it is text. */
  readonly contentType: string
  readonly cacheControl?: string
  readonly policy?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Answers with a page or a file of one. Kept nowhere unless said otherwise. */
export function pageFile({
  body,
  contentType,
  cacheControl = 'no-store',
  policy = PAGE_POLICY,
  headers = {},
}: PageFile): Reply {
  return {
    status: 200,
    body,
    headers: {
      'cache-control': cacheControl,
      'content-security-policy': policy,
      'content-type': contentType,
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': REFERRER,
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
    outcome: 'ok',
  }
}
