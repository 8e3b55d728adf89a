/** The revocation log: its head, whose row serializes every append, and its entries. */
import type { Statement } from '../script.ts'

/** Asked alone. */
export const selectHead: Statement = {
  name: 'select_head',
  text: 'select epoch, position from log_head',
}

/** Asked first of several: engines learn by a statement's name that a snapshot will be needed. */
/** What everything is decided by that is read from more than one row, of `log_head as head`. */
export const headColumns = 'head.epoch, head.position, head.issuer_revoked_before'

export const selectHeadAndIssuer: Statement = {
  name: 'select_head_and_issuer',
  text: `select ${headColumns} from log_head as head`,
}

/** Locks the head until the transaction ends: from here on nobody else can append. */
export const takePositions: Statement = {
  name: 'take_positions',
  text: 'update log_head set position = position + $1 returning position',
}

/** The same without an entry: for what an append has to see, or to have come before. */
export const lockHead: Statement = {
  name: 'lock_log_head',
  text: 'update log_head set position = position',
}

export const takeIssuerPosition: Statement = {
  name: 'take_issuer_position',
  text: `update log_head set position = position + 1, issuer_revoked_before = position + 1
    returning position`,
}

/** The first epoch, given by whoever opens a new database first. */
export const beginEpoch: Statement = {
  name: 'begin_epoch',
  text: `update log_head set epoch = $1 where epoch = ''`,
}

export const changeEpoch: Statement = {
  name: 'change_epoch',
  text: `update log_head set epoch = $1, position = position + 1, issuer_revoked_before = position + 1
    returning epoch, position`,
}

export const insertEntry: Statement = {
  name: 'insert_entry',
  text: `insert into revocations (position, id, kind, node_id, issued_before_position, at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7)`,
}

/** The head stands on every row, and on one row without an entry when there is nothing to tell. */
export const selectHeadAndEntries: Statement = {
  name: 'select_head_and_entries',
  text: `select head.epoch, head.position as head_position, head.followed_at, head.pruned_until,
      entry.position, entry.kind, entry.node_id, entry.issued_before_position, entry.expires_at
    from log_head as head left join (
      select position, kind, node_id, issued_before_position, expires_at from revocations
      where position > $1 order by position limit $2
    ) as entry on 1 = 1
    order by entry.position`,
}

export const selectRevocation: Statement = {
  name: 'select_revocation',
  text: 'select id, position, kind, node_id, at from revocations where id = $1',
}

/** What pruning will delete, before it does: the last of them, and the greatest of their ends. */
export const selectPrunable: Statement = {
  name: 'select_prunable',
  text: `select max(position) as last, max(expires_at) as until from revocations
    where expires_at <= $1 and position <= (select position from log_head) - $2`,
}

export const pruneEntries: Statement = {
  name: 'prune_entries',
  text: 'delete from revocations where expires_at <= $1 and position <= $2',
}

export const raisePrunedUntil: Statement = {
  name: 'raise_pruned_until',
  text: 'update log_head set pruned_until = $1 where pruned_until is null or pruned_until < $1',
}

export const markFollowed: Statement = {
  name: 'mark_followed',
  text: 'update log_head set followed_at = $1 where followed_at is null',
}
