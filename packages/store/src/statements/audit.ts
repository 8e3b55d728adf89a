/** The audit log and its chain. */
import type { AuditQuery } from '@countersign/core'
import type { Statement } from '../script.ts'

const columns = `id, at, type, outcome, actor_kind, actor_id, actor_credential, target_kind, target_id, address,
  request_id, details`

export const insertAuditEvent: Statement = {
  name: 'insert_audit_event',
  text: `insert into audit_events (${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
}

export const insertGatheredAuditEvent: Statement = {
  name: 'insert_gathered_audit_event',
  text: `${insertAuditEvent.text} on conflict (id) do nothing`,
}

export const insertLinkedAuditEvent: Statement = {
  name: 'insert_linked_audit_event',
  text: `insert into audit_events (${columns}, chain_position, chain_hash)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict (id) do nothing`,
}

/** The latest of its type, by the index of types. */
export const selectLatestAudit: Statement = {
  name: 'select_latest_audit',
  text: `select ${columns} from audit_events where type = $1 order by id desc limit 1`,
}

const list = (name: string, narrowed: string): Statement => ({
  name: `list_audit_events_${name}`,
  text: `select ${columns}, chain_position, chain_hash from audit_events
    where id < $1 and id >= $2 and at >= $3 and at < $4
      and (type = $5 or cast($5 as text) is null)
      and (actor_id = $6 or cast($6 as text) is null)
      and (target_id = $7 or cast($7 as text) is null)
      ${narrowed}
    order by id desc limit $8`,
})

// The same question with the narrowest answer named outright, so that its index is used.
const lists = {
  target: list('of_target', 'and target_id = $7'),
  actor: list('of_actor', 'and actor_id = $6'),
  type: list('of_type', 'and type = $5'),
  all: list('all', ''),
}

export function listAuditEvents(query: AuditQuery): Statement {
  if (query.targetId !== null) return lists.target
  if (query.actorId !== null) return lists.actor
  return query.type === null ? lists.all : lists.type
}

/** Two walks down two indexes, each as long as the page: one condition with `or` would read either index whole. */
const activity = (name: string, column: string): Statement => ({
  name: `list_activity_${name}`,
  text: `select ${columns} from audit_events where ${column} = $1 and id < $2 order by id desc limit $3`,
})
export const listDoneTo: Statement = activity('done_to', 'target_id')
export const listDoneBy: Statement = activity('done_by', 'actor_id')

export const selectUnchained: Statement = {
  name: 'select_unchained',
  text: `select ${columns} from audit_events where chain_position is null order by id limit $1`,
}

export const selectChain: Statement = {
  name: 'select_chain',
  text: `select ${columns}, chain_position, chain_hash from audit_events
    where chain_position > $1 order by chain_position limit $2`,
}

export const chainAuditEvent: Statement = {
  name: 'chain_audit_event',
  text: `update audit_events set chain_position = $2, chain_hash = $3
    where id = $1 and chain_position is null`,
}

export const selectChainEnd: Statement = {
  name: 'select_chain_end',
  text: 'select position, hash from chain_lease',
}

export const takeChainLease: Statement = {
  name: 'take_chain_lease',
  text: `update chain_lease set holder = $1, until = $3
    where holder is null or holder = $1 or until <= $2`,
}

/** Moves the chain's end if the holder still has the lease and nobody has appended in between. */
export const moveChainEnd: Statement = {
  name: 'move_chain_end',
  text: `update chain_lease set position = $4, hash = $5
    where holder = $1 and until > $2 and position = $3`,
}
