/**
 * How much lives under a node of the credential tree. Each statement stops at 10,000, so that counting never
 * takes longer than the revocation that it goes with. `$1` is the time, `$2` counts only what was used at that
 * time or later (0: all), `$3` is the node's id.
 */
import type { NodeKind } from '@countersign/protocol'
import type { Statement } from '../script.ts'
import { apiKeyIsAlive, grantIsAlive, sessionIsAlive } from './alive.ts'

export const COUNTED_MAX = 10_000

export interface CountStatement {
  readonly statement: Statement
  /** Whether `$3` stands in it. */
  readonly hasId: boolean
}

type Scopes = Partial<Record<NodeKind, string>>

const holders = '(select principal_id from principal_roles where role_id = $3)'
// What the issuer ended before is left out by an index, not row by row.
const sinceIssuer = 'found.issued_position >= (select issuer_revoked_before from log_head)'

const sessionScopes: Scopes = {
  account: 'found.account_id = $3',
  role: `found.account_id in ${holders}`,
  session: 'found.id = $3',
  issuer: sinceIssuer,
}

const grantScopes: Scopes = {
  account: 'found.principal_id = $3',
  service_account: 'found.principal_id = $3',
  role: `found.principal_id in ${holders}`,
  session: 'found.session_id = $3',
  client: `found.client_id = $3
    and found.issued_position >= (select revoked_before from clients where clients.id = $3)`,
  grant: 'found.id = $3',
  issuer: sinceIssuer,
}

const apiKeyScopes: Scopes = {
  account: 'found.owner_id = $3',
  service_account: 'found.owner_id = $3',
  role: `found.owner_id in ${holders}`,
  api_key: 'found.id = $3',
  issuer: sinceIssuer,
}

const toCounts = (table: string, alive: string, used: string, scopes: Scopes): Map<string, CountStatement> =>
  new Map(
    Object.entries(scopes).map(([kind, scope]) => [
      kind,
      {
        statement: {
          name: `count_${table}_under_${kind}`,
          text: `select count(*) as live from (
              select 1 from ${table} as found
              where ${scope} and ${alive} and (cast($2 as bigint) = 0 or ${used})
              limit ${COUNTED_MAX}
            ) as counted`,
        },
        hasId: scope.includes('$3'),
      },
    ]),
  )

export const sessionCounts: ReadonlyMap<string, CountStatement> = toCounts(
  'sessions',
  sessionIsAlive('found', '$1'),
  'found.last_seen_at >= $2',
  sessionScopes,
)

export const grantCounts: ReadonlyMap<string, CountStatement> = toCounts(
  'grants',
  grantIsAlive('found', '$1'),
  // The newest refresh token was made when the last one was used.
  `(
    select made.created_at from refresh_tokens as made where made.grant_id = found.id
    order by made.generation desc limit 1
  ) >= $2`,
  grantScopes,
)

export const apiKeyCounts: ReadonlyMap<string, CountStatement> = toCounts(
  'api_keys',
  apiKeyIsAlive('found', '$1'),
  'found.last_used_at >= $2',
  apiKeyScopes,
)
