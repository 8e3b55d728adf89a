/** ID tokens (OIDC Core §2): who signed in, when and how, told to one client; and as a hint of who it was. */
import {
  type AccountId,
  type ClientId,
  type IdTokenClaims,
  idTokenAlgorithms,
  isAccountId,
} from '@countersign/protocol'
import { verifySignedJwt } from '@countersign/verifier'
import type { Client } from '../clients/client.ts'
import { type SigningMaterial, StoreUnavailable } from '../ports.ts'
import type { Session } from '../sessions/session.ts'
import type { MintContext } from './mint.ts'
import type { Naming } from './subjects.ts'

/** It is read once, at once, and opens nothing. */
export const ID_TOKEN_SECONDS = 300

/**
 * The key for the ID tokens of a client, asked for before anything is used up. Where there is none yet, another node may
 * have promoted it a moment ago; where there is none at all, its successor is on the way.
 */
export async function idTokenKeyOf(
  { keys }: Pick<MintContext, 'keys'>,
  { idTokenAlgorithm }: Client,
): Promise<SigningMaterial> {
  const known = keys.currentFor(idTokenAlgorithm)
  if (known !== null) return known
  await keys.reload()
  const found = keys.currentFor(idTokenAlgorithm)
  if (found === null) throw new StoreUnavailable('There is no current key for ID tokens of this algorithm.')
  return found
}

export interface IdTokenOrder {
  /** From `idTokenKeyOf`. */
  readonly key: SigningMaterial
  readonly clientId: ClientId
  /** What the client is told for ids. */
  readonly naming: Naming
  readonly session: Session
  readonly nonce: string | null
  /** The access token that is handed out with it (OIDC Core §3.1.3.6). */
  readonly accessToken: string
  /** Signed in with somewhere else than where the session is: its end is no matter of this client. */
  readonly isElsewhere?: boolean
}

export function mintIdToken(context: MintContext, order: IdTokenOrder, nowMs: number): string {
  const { key, clientId, naming, session, nonce, accessToken, isElsewhere = false } = order
  const iat = Math.floor(nowMs / 1000)
  const claims: IdTokenClaims = {
    iss: context.policy.issuer,
    sub: naming(session.accountId),
    aud: clientId,
    exp: iat + ID_TOKEN_SECONDS,
    iat,
    auth_time: Math.floor(session.authTimeMs / 1000),
    amr: session.amr,
    ...(!isElsewhere && { sid: naming(session.id) }),
    at_hash: context.hashes.leftHalf(accessToken, key.algorithm),
    ...(session.acr !== null && { acr: session.acr }),
    ...(nonce !== null && { nonce }),
  }
  return context.signer.signIdToken(key, claims)
}

/** What an ID token of ours says about a sign-in that may be over, in the names that its client was told. */
export interface IdTokenHint {
  readonly subject: AccountId
  readonly clientId: string | null
  readonly sessionId: string | null
}

/** An ID token of ours, also one that has expired (OIDC Core §3.1.2.1, RP-Initiated Logout §2); null for all else. */
export async function readIdTokenHint(context: MintContext, hint: string): Promise<IdTokenHint | null> {
  const keys = context.keys.published()
  const claims = await verifySignedJwt(hint, {
    keys,
    algorithms: idTokenAlgorithms,
    types: ['jwt'],
  })
  if (claims === null || claims.iss !== context.policy.issuer) return null
  const { sub, aud, sid } = claims
  if (typeof sub !== 'string' || !isAccountId(sub)) return null
  return {
    subject: sub,
    clientId: typeof aud === 'string' ? aud : null,
    sessionId: typeof sid === 'string' ? sid : null,
  }
}
