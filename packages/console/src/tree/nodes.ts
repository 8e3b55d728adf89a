/** The nodes of a principal's tree, from what the authority lists: sessions with their grants, grants of no session, keys. */
import type {
  ApiKeyShape,
  CredentialTreeResponse,
  GrantShape,
  SessionDetailShape,
} from '@countersign/protocol'

export type TreeNode =
  | { readonly kind: 'account' | 'service_account'; readonly id: string; readonly name: string }
  | { readonly kind: 'session'; readonly id: string; readonly session: SessionDetailShape }
  | { readonly kind: 'grant'; readonly id: string; readonly grant: GrantShape }
  | { readonly kind: 'api_key'; readonly id: string; readonly key: ApiKeyShape }

export interface Branch {
  readonly node: TreeNode
  readonly under: readonly Branch[]
}

export function toBranches(tree: CredentialTreeResponse, keys: readonly ApiKeyShape[]): readonly Branch[] {
  const sessions = tree.sessions.map(
    (session): Branch => ({
      node: { kind: 'session', id: session.id, session },
      under: tree.grants.filter((grant) => grant.session_id === session.id).map(toLeaf),
    }),
  )
  // A grant of a session that is not listed has not been seen to end yet: it is shown, not lost.
  const known = new Set(tree.sessions.map(({ id }) => id))
  const others = tree.grants.filter(({ session_id: id }) => id === null || !known.has(id)).map(toLeaf)
  const ofKeys = keys.map((key): Branch => ({ node: { kind: 'api_key', id: key.id, key }, under: [] }))
  return [...sessions, ...others, ...ofKeys]
}

const toLeaf = (grant: GrantShape): Branch => ({ node: { kind: 'grant', id: grant.id, grant }, under: [] })
