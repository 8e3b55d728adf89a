/** What a revocation would end, and whose a node is. */
import type { EndedCounts } from '@countersign/core'
import { isPrincipalId, type NodeKind, type PathNode, type PrincipalId } from '@countersign/protocol'
import { narrowed } from '../columns.ts'
import { one, type Script, type Statement } from '../script.ts'
import { selectAccountOwner } from '../statements/accounts.ts'
import { selectApiKeyOwner } from '../statements/api-keys.ts'
import { selectClient } from '../statements/clients.ts'
import { selectGrantOwner } from '../statements/grants.ts'
import { selectRole } from '../statements/roles.ts'
import { selectServiceAccountOwner } from '../statements/service-accounts.ts'
import { selectSessionOwner } from '../statements/sessions.ts'
import { selectSigningKey } from '../statements/signing-keys.ts'
import { countUnder as count } from '../steps/counts.ts'

export function* countUnder(
  node: PathNode,
  nowMs: number,
  usedSinceMs: number,
): Script<{ ended: EndedCounts; used: EndedCounts } | null> {
  if ((yield* readOwner(node)) === null) return null
  const ended = yield* count(node, nowMs, 0)
  return { ended, used: yield* count(node, nowMs, usedSinceMs) }
}

interface Lookup {
  readonly statement: Statement
  /** Whether the row names an owner; people and programs are their own. */
  readonly hasOwner: boolean
}

/** Nothing is stored of an access token, and the issuer is always there. */
const lookups: Record<Exclude<NodeKind, 'access_token' | 'issuer'>, Lookup> = {
  account: { statement: selectAccountOwner, hasOwner: true },
  service_account: { statement: selectServiceAccountOwner, hasOwner: true },
  session: { statement: selectSessionOwner, hasOwner: true },
  grant: { statement: selectGrantOwner, hasOwner: true },
  api_key: { statement: selectApiKeyOwner, hasOwner: true },
  client: { statement: selectClient, hasOwner: false },
  role: { statement: selectRole, hasOwner: false },
  signing_key: { statement: selectSigningKey, hasOwner: false },
}

export function* readOwner(node: {
  kind: NodeKind
  id: string
}): Script<{ owner: PrincipalId | null } | null> {
  if (node.kind === 'access_token' || node.kind === 'issuer') return { owner: null }
  const { statement, hasOwner } = lookups[node.kind]
  const row = yield* one(statement, node.id)
  if (row === null) return null
  return { owner: hasOwner ? narrowed(row, 'owner', isPrincipalId) : null }
}
