/**
 * Turns the claims of an access token into a verdict, with the path that its revocation can come by. What
 * thousands of tokens have in common (scope, audience, client, roles) is made once and shared.
 */
import type { AccessTokenClaims, NodeKind, PathNode } from '@countersign/protocol'
import type { Verdict } from '../verdict.ts'

/** `kid` is the key that the signature was good under. Times of the verdict are milliseconds. */
export function toVerdict(claims: AccessTokenClaims, kid: string, leewaySeconds: number): Verdict {
  const kind = claims.sub.startsWith('acc_') ? 'account' : 'service_account'
  return {
    position: claims.pos,
    principal: { kind, id: claims.sub, name: null, email: null },
    credential: {
      kind: 'access_token',
      id: claims.jti,
      path: toPath(claims, kind, kid),
      expiresAtMs: claims.exp * 1000,
      amr: claims.amr ?? none,
      acr: claims.acr ?? null,
      authTimeMs: claims.auth_time === undefined ? null : claims.auth_time * 1000,
    },
    permissions: toPermissions(claims.scope),
    resources: none,
    audiences: typeof claims.aud === 'string' ? toAudiences(claims.aud) : claims.aud,
    allowAddresses: claims.addrs ?? none,
    rateLimit: null,
    usableUntilMs: (claims.exp + leewaySeconds) * 1000,
  }
}

const none: readonly string[] = Object.freeze([])

/** From the root down (design §3); roles and the signing key hang beside the tree. */
function toPath(claims: AccessTokenClaims, kind: 'account' | 'service_account', kid: string): PathNode[] {
  const path: PathNode[] = [
    toSharedNode('issuer', claims.iss),
    toSharedNode('signing_key', kid),
    toSharedNode('client', claims.client_id),
    { kind, id: claims.sub },
  ]
  if (claims.roles !== undefined) for (const id of claims.roles) path.push(toSharedNode('role', id))
  if (claims.sid !== undefined) path.push({ kind: 'session', id: claims.sid })
  if (claims.akid !== undefined) path.push({ kind: 'api_key', id: claims.akid })
  if (claims.gid !== undefined) path.push({ kind: 'grant', id: claims.gid })
  path.push({ kind: 'access_token', id: claims.jti })
  return path
}

const SHARED_MAX = 1_000

/** Makes a thing once for each text, and forgets all of them when there are too many. */
function share<T>(make: (text: string) => T): (text: string) => T {
  const made = new Map<string, T>()
  return (text) => {
    const known = made.get(text)
    if (known !== undefined) return known
    if (made.size >= SHARED_MAX) made.clear()
    const thing = make(text)
    made.set(text, thing)
    return thing
  }
}

const toPermissions = share((scope) => Object.freeze(scope === '' ? [] : scope.split(' ')))
const toAudiences = share((aud): readonly string[] => Object.freeze([aud]))

const sharers = new Map<NodeKind, (id: string) => PathNode>()

function toSharedNode(kind: NodeKind, id: string): PathNode {
  let toNode = sharers.get(kind)
  if (toNode === undefined) {
    toNode = share((text): PathNode => Object.freeze({ kind, id: text }))
    sharers.set(kind, toNode)
  }
  return toNode(id)
}
