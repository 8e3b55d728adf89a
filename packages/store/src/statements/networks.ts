/** Whom strangers tried to be from a network in vain, each once in a window, and how long the network waits. */
import type { Statement } from '../script.ts'

/** Finds the one that was counted in this window already: it ends not before `$3`. */
export const renewFailure: Statement = {
  name: 'renew_network_failure',
  text: `update network_failures set expires_at = $4
    where network = $1 and subject = $2 and expires_at >= $3`,
}

export const insertFailure: Statement = {
  name: 'insert_network_failure',
  text: `insert into network_failures (network, subject, expires_at) values ($1, $2, $3)
    on conflict (network, subject) do update set expires_at = excluded.expires_at`,
}

/**
 * Counts before anything is compared. No row comes back where a wait is running. `$5` failures are free, then `$6` is
 * waited, and twice as long each time up to `$7`. A clock that went back ends the wait.
 */
export const countFailure: Statement = {
  name: 'count_network_failure',
  text: `insert into network_waits (network, since, failures, tried_at, wait_ms, expires_at)
    values ($1, $2, 1, $3, 0, $4)
    on conflict (network, since) do update set
      failures = network_waits.failures + 1,
      tried_at = excluded.tried_at,
      wait_ms = case
        when network_waits.failures + 1 < $5 then 0
        when network_waits.wait_ms = 0 then $6
        when network_waits.wait_ms * 2 > $7 then $7
        else network_waits.wait_ms * 2 end
      where network_waits.tried_at + network_waits.wait_ms <= excluded.tried_at
        or network_waits.tried_at > excluded.tried_at
    returning failures`,
}

export const selectWait: Statement = {
  name: 'select_network_wait',
  text: 'select failures, tried_at, wait_ms from network_waits where network = $1 and since = $2',
}

export const deleteFailure: Statement = {
  name: 'delete_network_failure',
  text: 'delete from network_failures where network = $1 and subject = $2 and expires_at >= $3',
}

/** The password was right after all: as if it had not been tried. The time of the try stays, and half of the wait. */
export const takeBackFailure: Statement = {
  name: 'take_back_network_failure',
  text: `update network_waits set failures = failures - 1, wait_ms = wait_ms / 2
    where network = $1 and since = $2 and failures > 0`,
}

export const countOthers: Statement = {
  name: 'count_others_of_network',
  text: `select count(*) as others from (
      select 1 from network_failures where network = $1 and subject <> $2 and expires_at > $3 limit $4
    ) as counted`,
}

const sweepFailures: Statement = {
  name: 'sweep_network_failures',
  text: `delete from network_failures where (network, subject) in (
      select network, subject from network_failures as over where expires_at < $1 limit $2
    )`,
}

const sweepWaits: Statement = {
  name: 'sweep_network_waits',
  text: `delete from network_waits where (network, since) in (
      select network, since from network_waits as over where expires_at < $1 limit $2
    )`,
}

export const networkSweeps: readonly Statement[] = [sweepFailures, sweepWaits]
