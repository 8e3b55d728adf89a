/** What the grants of the token endpoint share. */
import { type MintedToken, parseScope } from '@countersign/core'
import { type IdentityScope, isIdentityScope, type TokenResponse } from '@countersign/protocol'
import type { Reply } from '../../http/reply.ts'
import type { Call } from '../../http/route.ts'
import type { TokenParameters } from '../../schemas/oauth.ts'

export type TokenCall = Call<TokenParameters, undefined, null>
export type TokenGrant = (call: TokenCall) => Promise<Reply>

/** Null: everything that may be given. Undefined: malformed. */
export function readScope(text: string | undefined): readonly string[] | null | undefined {
  if (text === undefined) return null
  return parseScope(text) ?? undefined
}

/**
 * The same for a refresh, whose client may send back all that it was granted (RFC 6749 §6). Identity scopes change
 * nothing of an access token, so that naming them asks for nothing more.
 */
export function readRefreshScope(text: string | undefined): readonly string[] | null | undefined {
  if (text === undefined) return null
  const words = text.split(' ').filter((word) => !isIdentityScope(word))
  return words.length === 0 ? [] : readScope(words.join(' '))
}

/** `audience` (RFC 8693 §2.1) and `resource` (RFC 8707 §2) name the same thing here. */
export function readAudiences({ audience, resource }: TokenParameters): readonly string[] {
  return [audience, resource].filter((one) => one !== undefined)
}

/** What was granted stands in the answer whole; the token itself holds the permissions alone. */
export function toTokenResponse(
  access: MintedToken,
  identityScopes: readonly IdentityScope[] = [],
): TokenResponse {
  return {
    access_token: access.accessToken,
    token_type: 'Bearer',
    expires_in: access.expiresInSeconds,
    scope: [...identityScopes, access.scope].filter((part) => part !== '').join(' '),
  }
}
