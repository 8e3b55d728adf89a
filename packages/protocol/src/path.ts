/**
 * The credential tree: kinds of node, and the path of ids above a credential. Revoking any node of its path
 * ends the credential. A node's key is `<kind>:<id>`, since roles and clients are named by people.
 */

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
