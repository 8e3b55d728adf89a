/** What kind of credential a text is, found out without any I/O and without believing anything it says. */
import { type CredentialStyle, type PathNode, parseOpaqueCredential } from '@countersign/protocol'
import { type CompactJws, type JwsHeader, parseCompactJws } from './jwt/parse.ts'
import { type Refused, toRefused } from './verdict.ts'

export type Presented =
  | { readonly kind: 'access_token'; readonly credential: string; readonly jws: CompactJws }
  | { readonly kind: 'opaque'; readonly credential: string; readonly node: OpaqueNode }

/** The credential's own node, as far as its text tells. */
export interface OpaqueNode extends PathNode {
  readonly kind: 'session' | 'api_key'
}

/**
 * Sorts a presented credential, or refuses it as malformed: nothing that fails here ever reaches the
 * authority. Refresh tokens are for the token endpoint alone.
 */
export function parsePresented(
  credential: string,
  style: CredentialStyle,
  knownHeaders: ReadonlyMap<string, JwsHeader>,
): Presented | Refused {
  // No opaque credential holds a dot, and every JWS does.
  if (credential.includes('.')) {
    const parsed = parseCompactJws(credential, knownHeaders)
    return parsed.ok ? { kind: 'access_token', credential, jws: parsed.jws } : toRefused(parsed.reason)
  }
  const opaque = parseOpaqueCredential(credential, style)
  if (opaque === null) return toRefused('malformed')
  if (opaque.kind === 'refresh') return toRefused('wrong_type')
  return { kind: 'opaque', credential, node: { kind: opaque.kind, id: opaque.id } }
}
