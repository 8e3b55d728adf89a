/** What the grants of the token endpoint share. */
import { type MintedToken, parseScope } from '@countersign/core'
import { type IdentityScope, isIdentityScope, type TokenResponse } from '@countersign/protocol'
import { hasNonce, readProofOf, toRefusal, useProof } from '../../http/proof.ts'
import { oauthError, type Reply } from '../../http/reply.ts'
import type { Call } from '../../http/route.ts'
import type { TokenParameters } from '../../schemas/oauth.ts'
import type { ClientParameters } from '../client-of-request.ts'

export type TokenCall = Call<TokenParameters, undefined, null>
export const TOKEN_PATH = '/oauth/token'

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
    token_type: access.isBound ? 'DPoP' : 'Bearer',
    expires_in: access.expiresInSeconds,
    scope: [...identityScopes, access.scope].filter((part) => part !== '').join(' '),
  }
}

type ProvenCall = Pick<TokenCall, 'services' | 'header' | 'method' | 'facts'>

export type Proven =
  | { readonly ok: true; readonly jkt: string | null }
  | { readonly ok: false; readonly reply: Reply }

/**
 * The key that a request to an endpoint of ours was proven with (RFC 9449 §5), and null where there is no proof. Asked
 * after the client has proved who it is, so that strangers use nothing up.
 */
export async function proveKey(
  { services, header, method, facts }: ProvenCall,
  path: string,
): Promise<Proven> {
  if (header('dpop') === null) return { ok: true, jkt: null }
  const asked = { method, path, accessToken: null }
  const read = await readProofOf(services, header, asked, facts.nowMs)
  if (read.ok && (await useProof(services, read.proof))) return { ok: true, jkt: read.proof.jkt }
  return { ok: false, reply: refuseProof(services, read.ok ? 'used' : read.flaw, facts.nowMs) }
}

/**
 * Asked before the client proves who it is, and only where that uses something up: whoever is told the nonce sends the
 * same assertion again beside the next proof (RFC 9449 §8). Null where the proof is not good but for its nonce.
 */
export async function nonceRefusal(
  call: ProvenCall & { readonly body: Pick<ClientParameters, 'client_assertion'> },
  path: string,
): Promise<Reply | null> {
  const { services, header, method, facts, body } = call
  if (body.client_assertion === undefined || hasNonce(services, header, facts.nowMs)) return null
  const read = await readProofOf(services, header, { method, path, accessToken: null }, facts.nowMs)
  return read.ok || read.flaw !== 'nonce' ? null : refuseProof(services, read.flaw, facts.nowMs)
}

function refuseProof(services: TokenCall['services'], flaw: string, nowMs: number): Reply {
  const { code, headers } = toRefusal(services, flaw, nowMs)
  const error = code === 'use_dpop_nonce' ? code : 'invalid_dpop_proof'
  return oauthError(error, proofDescriptions[error], headers)
}

export const proofDescriptions = {
  invalid_dpop_proof:
    'The proof of possession is missing, malformed, used, of another key, or for another request.',
  use_dpop_nonce: 'The proof of possession needs the nonce that stands in DPoP-Nonce.',
} as const
