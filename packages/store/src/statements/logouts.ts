/** Who is signed in to which client by which session, and who is to be told that it has ended. */
import type { Statement } from '../script.ts'
import { sessionIsAboveRules } from './alive.ts'

/** Held by whoever marks and by whoever adds: one sees all that the other has done. */
export const lockCursor: Statement = {
  name: 'lock_logout_cursor',
  text: 'update logout_cursor set id = id returning position',
}

export const moveCursor: Statement = {
  name: 'move_logout_cursor',
  text: 'update logout_cursor set position = $1',
}

/** A second sign-in by the same session changes nothing: there is one end to be told. */
export const insertSignIn: Statement = {
  name: 'insert_client_sign_in',
  text: `insert into client_sign_ins
      (session_id, client_id, account_id, created_at, expires_at, subject, sid, attempts)
    values ($1, $2, $3, $4, $5, $6, $7, 0) on conflict (session_id, client_id) do nothing`,
}

/** Leaves its times aside: an end by itself is a matter of the log once it was written down. */
const isUnended = (row: string): string => `${row}.ended_at is null and ${sessionIsAboveRules(row)}`

export const selectUnendedSession: Statement = {
  name: 'select_unended_session',
  text: `select id from sessions as mine where id = $1 and ${isUnended('mine')}`,
}

/** How far one round reads. Positions are dense, but what is old may be gone. */
export const selectSpanEnd: Statement = {
  name: 'select_span_end',
  text: `select max(position) as last from (
      select position from revocations where position > $1 order by position limit $2
    ) as span`,
}

const inSpan = (kind: string): string =>
  `entry.kind = '${kind}' and entry.position > $3 and entry.position <= $4`

/** `$1` is the time, `$2` until when it is told. Alone those whose session is dead: an entry may only narrow. */
const mark = (name: string, which: string): Statement => ({
  name: `mark_logouts_${name}`,
  text: `update client_sign_ins set ended_at = $1, next_attempt_at = $1, expires_at = $2
    where (session_id, client_id) in (
      select gone.session_id, gone.client_id from client_sign_ins as gone
      where gone.ended_at is null and ${which}
        and (
          select count(*) from sessions as above where above.id = gone.session_id and ${isUnended('above')}
        ) = 0
      limit $5
    )`,
})

/**
 * By what the entries name. A role's entry counts where it has written its rule on the role: rights that were merely
 * narrowed leave every session as it is, and a role may have a million holders.
 */
export const marks: readonly Statement[] = [
  mark(
    'of_sessions',
    `gone.session_id in (select entry.node_id from revocations as entry where ${inSpan('session')})`,
  ),
  mark(
    'of_accounts',
    `gone.account_id in (select entry.node_id from revocations as entry where ${inSpan('account')})`,
  ),
  mark(
    'of_roles',
    `gone.account_id in (
        select held.principal_id from revocations as entry
        join roles as role on role.id = entry.node_id and role.revoked_before >= entry.position
        join principal_roles as held on held.role_id = role.id
        where ${inSpan('role')}
      )`,
  ),
  mark('of_issuer', `(select count(*) from revocations as entry where ${inSpan('issuer')}) > 0`),
]

/**
 * While a sign-in stands, its `expires_at` is when its session is looked at: the end as it was known last. Sessions that
 * were ended are joined as nothing.
 */
export const listLapsing: Statement = {
  name: 'list_lapsing_sign_ins',
  text: `select due.session_id, due.account_id, mine.expires_at, mine.idle_expires_at
    from client_sign_ins as due left join sessions as mine on mine.id = due.session_id and mine.ended_at is null
    where due.ended_at is null and due.expires_at <= $1 order by due.expires_at limit $2`,
}

/** Compared once more in the statement that ends it: a use that was reported meanwhile has moved the end on. */
export const endLapsedSession: Statement = {
  name: 'end_lapsed_session',
  text: `update sessions set ended_at = $2
    where id = $1 and ended_at is null and (idle_expires_at <= $3 or expires_at <= $3)`,
}

export const moveLook: Statement = {
  name: 'move_look_at_sign_in',
  text: `update client_sign_ins set expires_at = $2
    where session_id = $1 and ended_at is null and expires_at < $2`,
}

/** The row's own column is compared besides the list, as for the outbox of mail. */
export const claimLogouts: Statement = {
  name: 'claim_logouts',
  text: `update client_sign_ins set attempts = attempts + 1, next_attempt_at = $2
    where next_attempt_at <= $1 and (session_id, client_id) in (
      select session_id, client_id from client_sign_ins
      where next_attempt_at <= $1 order by next_attempt_at limit $3
    )
    returning session_id, client_id, account_id, subject, sid, expires_at, attempts`,
}

/** Only for whoever still holds the lease: a later claim has counted on. */
export const endLogout: Statement = {
  name: 'end_logout',
  text: 'delete from client_sign_ins where session_id = $1 and client_id = $2 and attempts = $3',
}

export const postponeLogout: Statement = {
  name: 'postpone_logout',
  text: `update client_sign_ins set next_attempt_at = $4
    where session_id = $1 and client_id = $2 and attempts = $3 and ended_at is not null`,
}

export const postponeOthersOfClient: Statement = {
  name: 'postpone_logouts_of_client',
  text: `update client_sign_ins set next_attempt_at = $3 where client_id = $1 and next_attempt_at <= $2`,
}
