/**
 * Access tokens that may be alive under a principal. They stand in no row, since nobody has to look one up; the audit log
 * knows when each was given, and no more of it.
 */
import { kindOfPrincipal, type PrincipalId } from '@countersign/protocol'
import type { AuditEvent, AuditQuery } from '../audit/event.ts'
import type { Context } from '../context.ts'

type Parent =
  | { readonly kind: 'account' | 'service_account'; readonly id: PrincipalId }
  | { readonly kind: 'session' | 'grant' | 'api_key'; readonly id: string }

/** Those given to one parent, which end with it. */
export interface IssuedTokens {
  readonly under: Parent
  readonly count: number
  readonly latestAtMs: number
  /** When the last of them ends by itself, as long as tokens live by what is set now. */
  readonly endsByMs: number
}

export interface IssuedTokensList {
  readonly tokens: readonly IssuedTokens[]
  /** False where more has happened than is looked at; then the older ones are missing. */
  readonly isComplete: boolean
}

/** Events that are looked at, whatever they tell: a tree is looked at again every few seconds. */
const EVENTS_MAX = 500
/** What these were done with, or to, is what the token hangs under. */
const GIVEN: ReadonlySet<string> = new Set([
  'grant.opened',
  'grant.refreshed',
  'api_key.exchanged',
  'client.token_issued',
])
const EXCHANGED = 'access_token.exchanged'

export async function listIssuedTokens(
  { store, gathered, policy }: Context,
  id: PrincipalId,
  nowMs: number,
): Promise<IssuedTokensList> {
  await gathered.settle()
  const livesMs = policy.accessTokenLifetimeSeconds * 1000
  const since = { limit: EVENTS_MAX, after: null, sinceMs: nowMs - livesMs, untilMs: null }
  const nobody = { type: null, actorId: null, targetId: null }
  const read = async (asked: Partial<AuditQuery>): Promise<readonly AuditEvent[]> =>
    (await store.listAudit({ ...since, ...nobody, ...asked })).map(({ event }) => event)
  // A service asks for somebody’s token in its own name: the token is theirs.
  const [done, exchanged] = await Promise.all([
    read({ actorId: id }),
    read({ targetId: id, type: EXCHANGED }),
  ])
  const given = [...done.filter(isGiven), ...exchanged]
  const byParent = Map.groupBy(given, (event) => parentOf(event)?.id ?? id)
  return {
    tokens: [...byParent.values()].map((events) => toTokens(id, events, livesMs)),
    isComplete: done.length < EVENTS_MAX && exchanged.length < EVENTS_MAX,
  }
}

const isGiven = ({ type, details }: AuditEvent): boolean =>
  GIVEN.has(type) || (type === 'session.opened' && details.delivery === 'jwt')

/** Null where it hangs under the principal itself. */
function parentOf({ target }: AuditEvent): Exclude<Parent, { kind: 'account' | 'service_account' }> | null {
  switch (target?.kind) {
    case 'session':
    case 'grant':
    case 'api_key':
      return { kind: target.kind, id: target.id }
    default:
      return null
  }
}

function toTokens(principal: PrincipalId, events: readonly AuditEvent[], livesMs: number): IssuedTokens {
  const [first] = events
  const parent = first === undefined ? null : parentOf(first)
  const latestAtMs = Math.max(...events.map(({ atMs }) => atMs))
  return {
    under: parent ?? { kind: kindOfPrincipal(principal), id: principal },
    count: events.length,
    latestAtMs,
    endsByMs: latestAtMs + livesMs,
  }
}
