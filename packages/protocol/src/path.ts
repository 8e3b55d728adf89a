/**
 * The credential tree: kinds of node, and the path of ids above a credential. Revoking any node of its path
 * ends the credential. A node's key is `<kind>:<id>`, since roles and clients are named by people.
 */

import { isAccessTokenId, isClientId, isServiceAccountId, isSigningKeyId } from './ids.ts'

export const nodeKinds = [
  'account',
  'service_account',
  'session',
  'grant',
  'api_key',
  'access_token',
  'client',
  'role',
  'signing_key',
  'issuer',
] as const
export type NodeKind = (typeof nodeKinds)[number]

export interface PathNode {
  readonly kind: NodeKind
  readonly id: string
}

export type CredentialPath = readonly PathNode[]

/** How a node is written in the revocation set. */
export type NodeKey = `${NodeKind}:${string}`

export const toNodeKey = (node: PathNode): NodeKey => `${node.kind}:${node.id}`

/** What else an exchanged token stands under: the token that it was made from, with its client and its key, and whoever acts. */
export const parentKinds = ['access_token', 'client', 'service_account', 'signing_key'] as const
export type ParentKind = (typeof parentKinds)[number]
/** A chain of services is short; a longer one is a loop or a mistake. */
export const PARENTS_MAX = 16

const parentChecks: Record<ParentKind, (id: string) => boolean> = {
  access_token: isAccessTokenId,
  client: isClientId,
  service_account: isServiceAccountId,
  signing_key: isSigningKeyId,
}

/** A parent as it stands in a token, `<kind>:<id>`; null for anything else. */
export function parseParent(text: string): PathNode | null {
  const at = text.indexOf(':')
  const kind = parentKinds.find((one) => one === text.slice(0, at))
  const id = text.slice(at + 1)
  return kind !== undefined && parentChecks[kind](id) ? { kind, id } : null
}

/**
 * One line of the revocation log as verifiers see it. Without `issuedBeforePosition` the node is dead for
 * good; with it, only what was issued before that position is (design §3: a rule). A position of 0 hits nothing:
 * such an entry announces that the signing keys have changed (lease protocol, rule 8).
 */
export interface RevocationEntry {
  readonly position: number
  readonly kind: NodeKind
  readonly id: string
  readonly issuedBeforePosition?: number
  /** When nothing that this entry hits can be valid any more, in the authority's milliseconds. */
  readonly expiresAtMs: number
}
