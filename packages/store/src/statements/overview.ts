/**
 * What an overview counts. Each statement stops after what it has looked at, so that it takes as long with a million
 * rows as with some thousand.
 */
import type { Statement } from '../script.ts'

export const EVENTS_MAX = 50_000
const LOOKED_AT_MAX = 5000
const NAMED_MAX = 20

export const countEventsByPart: Statement = {
  name: 'count_events_by_part',
  text: `select at / cast($4 as bigint) as part, count(*) as events from (
      select at from audit_events where type = $1 and id >= $2 and at >= $3 order by id desc limit ${EVENTS_MAX}
    ) as counted
    group by at / cast($4 as bigint) order by part`,
}

const oldestKeys = `select id, created_at, expires_at, ended_at, last_used_at from api_keys
  where id > '' order by id limit ${LOOKED_AT_MAX}`
const isAlive = '(counted.ended_at is null and (counted.expires_at is null or counted.expires_at > $1))'
const secretAge = `(select max(secret.created_at) from api_key_secrets as secret where secret.api_key_id = counted.id)`

/** `$1` is the time; `$2` since when an unused key is not yet long unused; `$3` since when a secret is not yet old. */
export const countKeysToLookAt: Statement = {
  name: 'count_keys_to_look_at',
  text: `select
      coalesce(sum(case when ${isAlive} and coalesce(counted.last_used_at, counted.created_at) < $2 then 1 else 0 end), 0)
        as unused,
      coalesce(sum(case when ${isAlive} and counted.expires_at is null then 1 else 0 end), 0) as endless,
      coalesce(sum(case when ${isAlive} and ${secretAge} < $3 then 1 else 0 end), 0) as aged
    from (${oldestKeys}) as counted`,
}

/** Clients are few beside people, and their ids come in their own order. */
export const countClientsToLookAt: Statement = {
  name: 'count_clients_to_look_at',
  text: `select count(*) as aged from (
      select id, ended_at from clients where id > '' order by id limit ${LOOKED_AT_MAX}
    ) as counted
    where counted.ended_at is null and (
      select max(secret.created_at) from client_secrets as secret where secret.client_id = counted.id
    ) < $1`,
}

export const listBareAdministrators: Statement = {
  name: 'list_bare_administrators',
  text: `select account.id, account.email from principal_roles as held
      join accounts as account on account.id = held.principal_id
    where held.role_id = $1 and account.ended_at is null and account.disabled_at is null
      and (
        select count(*) from factors as factor
        where factor.account_id = account.id and factor.offered_until is null
      ) = 0
      and (select count(*) from passkeys as passkey where passkey.account_id = account.id) = 0
    order by account.id limit ${NAMED_MAX}`,
}

export const countTroubledMails: Statement = {
  name: 'count_troubled_mails',
  text: `select
      coalesce(sum(case when counted.failed_at is null and counted.sent_at is null and counted.ended_at is null
        and counted.attempts > 0 then 1 else 0 end), 0) as waiting,
      coalesce(sum(case when counted.failed_at is not null and counted.created_at >= $1 then 1 else 0 end), 0) as failed
    from (
      select created_at, sent_at, failed_at, ended_at, attempts from mails
      where id > '' order by id desc limit ${LOOKED_AT_MAX}
    ) as counted`,
}

const OLDEST_MAX = 50

export const listOldestKeySecrets: Statement = {
  name: 'list_oldest_key_secrets',
  text: `select counted.id, counted.name, counted.owner_id, counted.expires_at, counted.last_used_at,
      ${secretAge} as made_at
    from (
      select id, name, owner_id, expires_at, ended_at, last_used_at from api_keys
      where id > '' order by id limit ${LOOKED_AT_MAX}
    ) as counted
    where ${isAlive}
    order by made_at, counted.id limit ${OLDEST_MAX}`,
}

/** Clients without a secret are none of these. */
export const listOldestClientSecrets: Statement = {
  name: 'list_oldest_client_secrets',
  text: `select counted.id, counted.name, counted.made_at, (
        select event.at from audit_events as event
        where event.target_id = counted.id and event.type = 'client.token_issued' order by event.id desc limit 1
      ) as last_used_at
    from (
      select counted.id, counted.name, (
          select max(secret.created_at) from client_secrets as secret where secret.client_id = counted.id
        ) as made_at
      from (select id, name, ended_at from clients where id > '' order by id limit ${LOOKED_AT_MAX}) as counted
      where counted.ended_at is null
    ) as counted
    where counted.made_at is not null
    order by counted.made_at, counted.id limit ${OLDEST_MAX}`,
}
