/** Device codes (RFC 8628): begun, claimed by a session, decided, asked for, redeemed. */
import type { Statement } from '../script.ts'
import { sessionIsAlive } from './alive.ts'

const columns = 'grant_id, client_id, scope, identity_scopes, audiences, address, created_at, expires_at'

export const insertDeviceCode: Statement = {
  name: 'insert_device_code',
  text: `insert into device_codes (digest, user_digest, ${columns}, poll_ms, next_poll_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $9)
    on conflict (user_digest) do nothing returning digest`,
}

/** Makes the user code free again. */
export const deleteOverdue: Statement = {
  name: 'delete_overdue_device_code',
  text: 'delete from device_codes where user_digest = $1 and expires_at <= $2',
}

/** The one statement that decides whose it is. */
export const claimDeviceCode: Statement = {
  name: 'claim_device_code',
  text: `update device_codes set session_id = $2, account_id = $3
    where user_digest = $1 and expires_at > $4 and decision is null
      and (session_id is null or session_id = $2)
    returning ${columns}`,
}

export const decideDeviceCode: Statement = {
  name: 'decide_device_code',
  text: `update device_codes set decision = $4, issued_position = $5
    where user_digest = $1 and session_id = $2 and account_id = $3 and decision is null and expires_at > $6`,
}

export const selectDeviceCode: Statement = {
  name: 'select_device_code',
  text: `select digest, ${columns}, session_id, account_id, decision, issued_position, used_at
    from device_codes where digest = $1`,
}

export const pollOnTime: Statement = {
  name: 'poll_device_code_on_time',
  text: `update device_codes set next_poll_at = $2 + poll_ms where digest = $1 and next_poll_at <= $2`,
}

/** RFC 8628 §3.5: from now on the pause is longer. */
export const pollTooEarly: Statement = {
  name: 'poll_device_code_too_early',
  text: `update device_codes set poll_ms = poll_ms + $3, next_poll_at = $2 + poll_ms + $3 where digest = $1`,
}

/** The one statement that decides who redeemed a code. */
export const useDeviceCode: Statement = {
  name: 'use_device_code',
  text: `update device_codes set used_at = $2
    where digest = $1 and used_at is null and decision = 'allowed' and expires_at > $2
      and (
        select count(*) from sessions as above
        where above.id = device_codes.session_id and ${sessionIsAlive('above', '$2')}
      ) = 1`,
}

export const deleteUnusedDeviceCodes: Statement = {
  name: 'delete_unused_device_codes',
  text: 'delete from device_codes where account_id = $1 and client_id = $2 and used_at is null',
}

export const sweepDeviceCodes: Statement = {
  name: 'sweep_device_codes',
  text: `delete from device_codes where digest in (
      select digest from device_codes where expires_at < $1 limit $2
    )`,
}
