/** The nodes of a principal's tree, from what the authority lists: sessions with their grants, grants of no session, keys. */
import type {
  ApiKeyShape,
  CredentialTreeResponse,
  GrantShape,
  IssuedTokensShape,
  SessionDetailShape,
} from '@countersign/protocol'

/** What can be ended by itself. */
export type Endable =
  | { readonly kind: 'account' | 'service_account'; readonly id: string; readonly name: string }
  | { readonly kind: 'session'; readonly id: string; readonly session: SessionDetailShape }
  | { readonly kind: 'grant'; readonly id: string; readonly grant: GrantShape }
  | { readonly kind: 'api_key'; readonly id: string; readonly key: ApiKeyShape }

/** Tokens end with what they hang under, whose id tells them apart from others. */
export type TokensNode = {
  readonly kind: 'access_tokens'
  readonly id: string
  readonly tokens: IssuedTokensShape
}

export type TreeNode = Endable | TokensNode

export interface Branch {
  readonly node: TreeNode
  readonly under: readonly Branch[]
}

export function toBranches(
  root: string,
  tree: CredentialTreeResponse,
  keys: readonly ApiKeyShape[],
): readonly Branch[] {
  const tokensOf = (id: string): readonly Branch[] =>
    tree.access_tokens.filter(({ under }) => under.id === id).map(toTokens)
  const toGrant = (grant: GrantShape): Branch => ({
    node: { kind: 'grant', id: grant.id, grant },
    under: tokensOf(grant.id),
  })
  const sessions = tree.sessions.map(
    (session): Branch => ({
      node: { kind: 'session', id: session.id, session },
      under: [
        ...tree.grants.filter((grant) => grant.session_id === session.id).map(toGrant),
        ...tokensOf(session.id),
      ],
    }),
  )
  // A grant of a session that is not listed has not been seen to end yet: it is shown, not lost.
  const known = new Set(tree.sessions.map(({ id }) => id))
  const others = tree.grants.filter(({ session_id: id }) => id === null || !known.has(id)).map(toGrant)
  const ofKeys = keys.map(
    (key): Branch => ({ node: { kind: 'api_key', id: key.id, key }, under: tokensOf(key.id) }),
  )
  return [...sessions, ...others, ...ofKeys, ...tokensOf(root)]
}

const toTokens = (tokens: IssuedTokensShape): Branch => ({
  node: { kind: 'access_tokens', id: `tokens of ${tokens.under.id}`, tokens },
  under: [],
})
