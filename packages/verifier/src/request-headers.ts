/** The headers of a request that count for its credential, and what a proof has to have been made for. */
import { type CredentialHeaders, type CredentialSource, isPresent } from './credential-of-request.ts'
import type { AuthenticateOptions } from './verifier-types.ts'

export function toHeaders({ headers }: Request): CredentialHeaders {
  return {
    dpop: headers.get('dpop'),
    authorization: headers.get('authorization'),
    apiKey: headers.get('x-api-key'),
    cookie: headers.get('cookie'),
  }
}

/** The header that counts, and its text if there is no doubt about it. */
export function toOnlyHeader({ authorization, apiKey, cookie }: CredentialHeaders): {
  readonly from: CredentialSource
  readonly text: string | null
} {
  const hasAuthorization = isPresent(authorization)
  const hasApiKey = isPresent(apiKey)
  const from = hasAuthorization ? 'authorization' : hasApiKey ? 'api_key_header' : 'cookie'
  const value = hasAuthorization ? authorization : hasApiKey ? apiKey : cookie
  return { from, text: typeof value === 'string' && !(hasAuthorization && hasApiKey) ? value : null }
}

/** A request that was given whole says itself what was asked for. */
export function toAsked<T extends Pick<AuthenticateOptions, 'method' | 'urls'>>(
  request: CredentialHeaders | Request,
  facts: T,
): T {
  if (!('headers' in request)) return facts
  return { ...facts, method: facts.method ?? request.method, urls: facts.urls ?? [request.url] }
}
