/** Turns the claims of an access token into a verdict, with the path that its revocation can come by. */
import {
  type AccessTokenClaims,
  type ActClaim,
  type CredentialPath,
  type PathNode,
  parseParent,
} from '@countersign/protocol'
import type { Verdict } from '../verdict.ts'
import { parseScope, toAudiences, toClientNode, toIssuerNode, toKeyNode, toRoleNode } from './shared.ts'

/** `kid` is the key that the signature was good under. Times of the verdict are milliseconds. */
export function toVerdict(claims: AccessTokenClaims, kid: string, leewaySeconds: number): Verdict {
  const kind = claims.sub.startsWith('acc_') ? 'account' : 'service_account'
  return Object.freeze({
    position: claims.pos,
    principal: Object.freeze({ kind, id: claims.sub, name: null, email: null }),
    credential: Object.freeze({
      kind: 'access_token',
      id: claims.jti,
      path: toPath(claims, kind, kid),
      expiresAtMs: claims.exp * 1000,
      amr: claims.amr === undefined ? none : Object.freeze(claims.amr),
      acr: claims.acr ?? null,
      authTimeMs: claims.auth_time === undefined ? null : claims.auth_time * 1000,
      ...(claims.cnf !== undefined && { jkt: claims.cnf.jkt }),
      ...(claims.act !== undefined && { actor: deepFreeze(claims.act) }),
    }),
    permissions: parseScope(claims.scope) ?? none,
    resources: claims.resources === undefined ? none : Object.freeze(claims.resources),
    audiences: typeof claims.aud === 'string' ? toAudiences(claims.aud) : Object.freeze(claims.aud),
    allowAddresses: claims.addrs === undefined ? none : Object.freeze(claims.addrs),
    rateLimit: toRateLimit(claims),
    usableUntilMs: (claims.exp + leewaySeconds) * 1000,
  })
}

/** What a key is narrowed to, a token that was exchanged for it is narrowed to as well. */
function toRateLimit({ rate }: AccessTokenClaims): Verdict['rateLimit'] {
  return rate === undefined ? null : Object.freeze({ requests: rate[0], perSeconds: rate[1] })
}

/** Shared like the rest of the verdict. */
function deepFreeze(act: ActClaim): ActClaim {
  if (act.act !== undefined) deepFreeze(act.act)
  return Object.freeze(act)
}

const none: readonly string[] = Object.freeze([])

/** From the root down (design §3); roles and the signing key hang beside the tree. */
function toPath(claims: AccessTokenClaims, kind: 'account' | 'service_account', kid: string): CredentialPath {
  const path: PathNode[] = [
    toIssuerNode(claims.iss),
    toKeyNode(kid),
    toClientNode(claims.client_id),
    Object.freeze({ kind, id: claims.sub }),
  ]
  if (claims.roles !== undefined) for (const role of claims.roles) path.push(toRoleNode(role))
  if (claims.sid !== undefined) path.push(Object.freeze({ kind: 'session', id: claims.sid }))
  if (claims.akid !== undefined) path.push(Object.freeze({ kind: 'api_key', id: claims.akid }))
  if (claims.gid !== undefined) path.push(Object.freeze({ kind: 'grant', id: claims.gid }))
  path.push(Object.freeze({ kind: 'access_token', id: claims.jti }))
  for (const text of claims.parents ?? []) {
    const parent = parseParent(text)
    if (parent !== null) path.push(Object.freeze(parent))
  }
  return Object.freeze(path)
}
