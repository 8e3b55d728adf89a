/** Sign-ins, and their use. */
import { type Part, toPart } from '../columns.ts'
import type { Statement } from '../script.ts'
import { sessionIsAboveRules, sessionIsAlive } from './alive.ts'
import { headColumns } from './log.ts'

const columns = `id, account_id, created_at, expires_at, idle_seconds, idle_expires_at, last_seen_at,
  last_address, ended_at, issued_position, auth_time, amr, acr, delivery, device, user_agent, address, place`

/** The session that something hangs under, in a join. */
export const heldPart: Part = toPart('held', columns)

export const insertSession: Statement = {
  name: 'insert_session',
  text: `insert into sessions (digest, ${columns}, device_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
}

export const sessionPart: Part = toPart('mine', `digest, ${columns}`)

/** For verdicts: a session with the log's head. */
export const selectSessionForVerdict: Statement = {
  name: 'select_session_for_verdict',
  text: `select ${headColumns}, ${sessionPart.columns}
    from log_head as head left join sessions as mine on mine.id = $1`,
}

export const selectSession: Statement = {
  name: 'select_session',
  text: `select digest, ${columns} from sessions where id = $1`,
}

export const listSessions: Statement = {
  name: 'list_sessions',
  text: `select ${columns} from sessions as mine
    where account_id = $1 and ${sessionIsAlive('mine', '$2')}
    order by id desc`,
}

/** Live sessions of the account but one, least recently used last; those before the offset may stay. */
export const selectSessionsOverCap: Statement = {
  name: 'select_sessions_over_cap',
  text: `select id from sessions as mine
    where account_id = $1 and id <> $2 and ${sessionIsAlive('mine', '$3')}
    order by last_seen_at desc, id desc limit $4 offset $5`,
}

/**
 * Also those whose idle time has passed: a report of use that is still on its way may move it. The order is
 * that of every transaction which locks several sessions.
 */
export const selectOtherSessions: Statement = {
  name: 'select_other_sessions',
  text: `select id from sessions as mine
    where account_id = $1 and id <> $2 and ended_at is null and expires_at > $3
      and ${sessionIsAboveRules('mine')}
    order by id`,
}

/** A new proof of who it is: another secret, and what was proved by now. `$2` is the time of it. */
export const raiseSession: Statement = {
  name: 'raise_session',
  text: `update sessions set digest = $4, amr = $5, acr = $6, auth_time = $2
    where id = $1 and account_id = $3 and ended_at is null and expires_at > $2 and idle_expires_at > $2`,
}

/** Another secret in place of the one before, and nothing else; only while nothing has ended it. */
export const renewSession: Statement = {
  name: 'renew_session',
  text: `update sessions as mine set digest = $4
    where id = $1 and account_id = $3 and ${sessionIsAlive('mine', '$2')}`,
}

export const endSession: Statement = {
  name: 'end_session',
  text: 'update sessions set ended_at = $2 where id = $1 and ended_at is null',
}

/** For revoking, which answers the same for a session that had ended before. */
export const endSessionAgain: Statement = {
  name: 'end_session_again',
  text: 'update sessions set ended_at = coalesce(ended_at, $2) where id = $1 returning id',
}

/** Only forward, only while it lives, and never past the absolute end (ASVS 7.3.1, 7.3.2). */
const moveForward = (at: string): string => `last_seen_at = ${at},
      idle_expires_at = case
        when expires_at <= ${at} + idle_seconds * 1000 then expires_at
        when idle_expires_at < ${at} + idle_seconds * 1000 then ${at} + idle_seconds * 1000
        else idle_expires_at
      end`
const canMove = (at: string): string => `ended_at is null and last_seen_at < ${at}
      and expires_at > ${at} and idle_expires_at > ${at}`

export const recordSessionUse: Statement = {
  name: 'record_session_use',
  text: `update sessions set last_address = coalesce($3, last_address), ${moveForward('$2')}
    where id = $1 and ${canMove('$2')}`,
}

export const recordGrantUse: Statement = {
  name: 'record_grant_use',
  text: `update sessions set ${moveForward('$2')}
    where id = (select session_id from grants where grants.id = $1) and ${canMove('$2')}`,
}

export const selectSessionOwner: Statement = {
  name: 'select_session_owner',
  text: 'select account_id as owner from sessions where id = $1',
}
