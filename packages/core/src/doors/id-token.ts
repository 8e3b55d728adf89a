/** ID tokens (OIDC Core §2): who signed in, when and how, told to one client; and as a hint of who it was. */
import { type ClientId, type IdTokenClaims, isAccountId } from '@countersign/protocol'
import { verifySignedJwt } from '@countersign/verifier'
import type { Session } from '../sessions/session.ts'
import type { MintContext } from './mint.ts'

/** It is read once, at once, and opens nothing. */
export const ID_TOKEN_SECONDS = 300

export interface IdTokenOrder {
  readonly clientId: ClientId
  readonly session: Session
  readonly nonce: string | null
  /** The access token that is handed out with it (OIDC Core §3.1.3.6). */
  readonly accessToken: string
}

export function mintIdToken(context: MintContext, order: IdTokenOrder, nowMs: number): string {
  const { clientId, session, nonce, accessToken } = order
  const iat = Math.floor(nowMs / 1000)
  const key = context.keys.current()
  const claims: IdTokenClaims = {
    iss: context.policy.issuer,
    sub: session.accountId,
    aud: clientId,
    exp: iat + ID_TOKEN_SECONDS,
    iat,
    auth_time: Math.floor(session.authTimeMs / 1000),
    amr: session.amr,
    sid: session.id,
    at_hash: context.hashes.leftHalf(accessToken, key.algorithm),
    ...(session.acr !== null && { acr: session.acr }),
    ...(nonce !== null && { nonce }),
  }
  return context.signer.signIdToken(key, claims)
}

/** Whom an ID token of ours was about, also one that has expired (OIDC Core §3.1.2.1); null for anything else. */
export async function subjectOfHint(context: MintContext, hint: string): Promise<string | null> {
  const keys = context.keys.published()
  const claims = await verifySignedJwt(hint, {
    keys,
    algorithms: ['ES256', 'EdDSA', 'RS256'],
    types: ['jwt'],
  })
  if (claims === null || claims.iss !== context.policy.issuer) return null
  return typeof claims.sub === 'string' && isAccountId(claims.sub) ? claims.sub : null
}
