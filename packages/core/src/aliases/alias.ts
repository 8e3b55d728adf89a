/**
 * Names that a sector of clients knows people by, and what hangs under them (pairwise identifiers, OIDC Core §8): ids of
 * the usual form, which no other sector is told. A verifier takes them for ids, and is told of their ends like of any.
 */
import {
  type AccountId,
  type ApiKeyId,
  type GrantId,
  isAccountId,
  isApiKeyId,
  isGrantId,
  isSessionId,
  type NodeKind,
  type SessionId,
  toAliasId,
} from '@countersign/protocol'

/** All that leads to a person. A role or a client is the same for many. */
export type AliasedId = AccountId | SessionId | GrantId | ApiKeyId

const prefixes = { account: 'acc', session: 'ses', grant: 'gra', api_key: 'key' } as const

export const isAliasedKind = (kind: NodeKind): kind is keyof typeof prefixes => Object.hasOwn(prefixes, kind)

export const isAliasedId = (id: string): id is AliasedId =>
  isAccountId(id) || isSessionId(id) || isGrantId(id) || isApiKeyId(id)

/** One name of one node. */
export interface Alias {
  readonly node: AliasedId
  readonly alias: AliasedId
}

/** `derived`: 16 bytes, see `Secrets.alias`. */
export function toAlias(node: AliasedId, derived: Uint8Array): Alias {
  const prefix = Object.values(prefixes).find((one) => node.startsWith(`${one}_`))
  if (prefix === undefined) throw new Error('This id is of no kind that has aliases.')
  return { node, alias: toAliasId(prefix, derived) }
}

/**
 * One entry of the log is written for each sector that knows the node, in one transaction: whoever revokes an account
 * must not wait for thousands of them.
 */
export const SECTORS_PER_ACCOUNT_MAX = 200
