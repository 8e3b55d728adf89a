/** OAuth 2.0 Protected Resource Metadata (RFC 9728): where this API's tokens come from, for whoever asks. */
import type { Verifier } from '../verifier-types.ts'
import type { GuardOptions } from './guard-types.ts'

export interface Metadata {
  /** Where it stands at this API, for routers. */
  readonly path: string
  /** Its whole address, for challenges. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource'

/** Null where the API is not called by a URL. Throws a `RangeError` for a `resource` that is none. */
export function toMetadata<Req>(verifier: Verifier, options: GuardOptions<Req>): Metadata | null {
  const resource = options.resource === undefined ? toDefault(verifier.audiences) : options.resource
  if (resource === null) return null
  if (!isResource(resource)) {
    throw new RangeError('`resource` is an https URL without a fragment (RFC 9728 §1.2).')
  }
  const { origin, pathname, search } = new URL(resource)
  // RFC 9728 §3.1: between the host and the path, and a lone slash is no path.
  const path = `${WELL_KNOWN}${pathname === '/' ? '' : pathname}`
  const { resourceName, resourceDocumentation, scopesSupported } = options
  const document = {
    resource,
    authorization_servers: [verifier.issuer],
    bearer_methods_supported: ['header'],
    ...(scopesSupported !== undefined && { scopes_supported: scopesSupported }),
    ...(resourceName !== undefined && { resource_name: resourceName }),
    ...(resourceDocumentation !== undefined && { resource_documentation: resourceDocumentation }),
  }
  return {
    path,
    url: `${origin}${path}${search}`,
    headers: {
      // The document is for everybody and holds nothing of anybody's.
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=3600',
      'content-type': 'application/json; charset=utf-8',
    },
    body: JSON.stringify(document),
  }
}

const toDefault = (audiences: readonly string[]): string | null => audiences.find(isResource) ?? null

/** Plain HTTP only on the loopback interface, for trying things out. */
function isResource(text: string): boolean {
  if (!URL.canParse(text) || text.includes('#') || text.includes('"')) return false
  const { protocol, hostname } = new URL(text)
  const isLocal = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'
  return protocol === 'https:' || (protocol === 'http:' && isLocal)
}
