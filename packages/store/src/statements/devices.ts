/** Known devices, and wrong passwords in a row: for each of them, and for all others together (device '' there). */
import type { Statement } from '../script.ts'

const columns = 'id, account_id, name, created_at, last_seen_at'

/** A known one is only seen again: nothing else about it changes. */
export const seeDevice: Statement = {
  name: 'see_device',
  text: `update devices set last_seen_at = $3 where account_id = $1 and digest = $2 returning id`,
}

export const insertDevice: Statement = {
  name: 'insert_device',
  text: `insert into devices (digest, ${columns}) values ($1, $2, $3, $4, $5, $6)`,
}

/** At most twenty: all of them are read at each sign-in, in one statement however many were presented. */
export const selectDevices: Statement = {
  name: 'select_devices',
  text: `select digest, trusted_until, ${columns} from devices
    where account_id = $1 order by last_seen_at desc, id desc`,
}

/** `$2` stay; a bound that is lower than before leaves at most a few hundred to go. */
export const selectDevicesOverBound: Statement = {
  name: 'select_devices_over_bound',
  text: `select id from devices where account_id = $1 order by last_seen_at desc, id desc limit 1000 offset $2`,
}

export const selectDeviceIds: Statement = {
  name: 'select_device_ids',
  text: 'select id from devices where account_id = $1 order by id',
}

export const trustDevice: Statement = {
  name: 'trust_device',
  text: 'update devices set trusted_until = $3 where id = $1 and account_id = $2',
}

export const selectTrusted: Statement = {
  name: 'select_trusted_device',
  text: 'select id from devices where id = $1 and account_id = $2 and trusted_until > $3',
}

/** Whatever changes how the account is signed in to: every device is asked for the factor again. */
export const endTrust: Statement = {
  name: 'end_device_trust',
  text: 'update devices set trusted_until = null where account_id = $1 and trusted_until is not null',
}

export const deleteDevice: Statement = {
  name: 'delete_device',
  text: 'delete from devices where id = $1 and account_id = $2',
}

export const deleteDevicesOfAccount: Statement = {
  name: 'delete_devices_of_account',
  text: 'delete from devices where account_id = $1',
}

/**
 * Counts before anything is compared. No row comes back where a wait is running or there were too many. `$4`
 * failures are free, then `$5` is waited, and twice as long each time up to `$6`; `$7` are too many.
 */
export const countPasswordFailure: Statement = {
  name: 'count_password_failure',
  text: `insert into password_failures (subject, device, failures, tried_at, wait_ms) values ($1, $2, 1, $3, 0)
    on conflict (subject, device) do update set
      failures = password_failures.failures + 1,
      tried_at = excluded.tried_at,
      wait_ms = case
        when password_failures.failures + 1 < $4 then 0
        when password_failures.wait_ms = 0 then $5
        when password_failures.wait_ms * 2 > $6 then $6
        else password_failures.wait_ms * 2 end
      where password_failures.failures < $7
        and password_failures.tried_at + password_failures.wait_ms <= excluded.tried_at
    returning failures`,
}

export const selectPasswordFailures: Statement = {
  name: 'select_password_failures',
  text: 'select failures, tried_at, wait_ms from password_failures where subject = $1 and device = $2',
}

/** A clock that went back must not make a wait longer than it is: it begins anew. */
export const restartPasswordWait: Statement = {
  name: 'restart_password_wait',
  text: 'update password_failures set tried_at = $3 where subject = $1 and device = $2 and tried_at > $3',
}

export const deletePasswordFailures: Statement = {
  name: 'delete_password_failures',
  text: 'delete from password_failures where subject = $1 and device = $2',
}

export const deletePasswordFailuresOfAccount: Statement = {
  name: 'delete_password_failures_of_account',
  text: 'delete from password_failures where subject = $1',
}

const sweepUnseenDevices: Statement = {
  name: 'sweep_unseen_devices',
  text: `delete from devices where id in (select id from devices where last_seen_at < $1 limit $2)`,
}

/** Of those who exist and of those who do not alike: what is forgotten earlier for one would tell which it is. */
const sweepPasswordFailures: Statement = {
  name: 'sweep_password_failures',
  text: `delete from password_failures where (subject, device) in (
      select subject, device from password_failures as forgotten where tried_at < $1 limit $2
    )`,
}

export const deviceSweeps: readonly Statement[] = [sweepUnseenDevices, sweepPasswordFailures]
