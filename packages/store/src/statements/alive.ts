/**
 * What it takes to be alive, as conditions that statements are put together from: the one place where the
 * credential tree (design §3) is spelled in SQL. `row` is the alias of the row asked about, `now` the
 * placeholder of the time. A parent that is missing counts as dead.
 *
 * Parents are counted, not asked for with `exists`: a count is looked up by its index for each row, whereas
 * Postgres may turn `exists` into a hash of all sessions there are, when its statistics are old.
 */

/** Neither the issuer nor a role of the principal ended what was issued at that position. */
export function aboveRules(position: string, principal: string): string {
  return `(select count(*) from log_head as issuer where issuer.issuer_revoked_before > ${position}) = 0
    and (
      select count(*) from principal_roles as held join roles as role on role.id = held.role_id
      where held.principal_id = ${principal} and role.revoked_before > ${position}
    ) = 0`
}

export function sessionIsAlive(row: string, now: string): string {
  return `${row}.ended_at is null and ${row}.expires_at > ${now} and ${row}.idle_expires_at > ${now}
    and ${sessionIsAboveRules(row)}`
}

/** Leaves the session's own times aside. */
export function sessionIsAboveRules(row: string): string {
  return `${countLiving('accounts', row, `${row}.account_id`)} = 1
    and ${aboveRules(`${row}.issued_position`, `${row}.account_id`)}`
}

export function grantIsAlive(row: string, now: string): string {
  return `${row}.ended_at is null and ${row}.expires_at > ${now}
    and (
      select count(*) from clients as client
      where client.id = ${row}.client_id and client.revoked_before <= ${row}.issued_position
        and client.disabled_at is null and client.ended_at is null
    ) = 1
    and case when ${row}.session_id is null then 1 else (
      select count(*) from sessions as above
      where above.id = ${row}.session_id and ${sessionIsAlive('above', now)}
    ) end = 1
    and ${underLivingPrincipal(row, `${row}.principal_id`)}`
}

export function apiKeyIsAlive(row: string, now: string): string {
  return `${row}.ended_at is null and (${row}.expires_at is null or ${row}.expires_at > ${now})
    and ${apiKeyIsAboveRules(row)}`
}

/** Leaves the key's own times aside. */
export function apiKeyIsAboveRules(row: string): string {
  return underLivingPrincipal(row, `${row}.owner_id`)
}

function underLivingPrincipal(row: string, principal: string): string {
  const [people, programs] = [
    countLiving('accounts', row, principal),
    countLiving('service_accounts', row, principal),
  ]
  return `${people} + ${programs} = 1 and ${aboveRules(`${row}.issued_position`, principal)}`
}

function countLiving(table: 'accounts' | 'service_accounts', row: string, principal: string): string {
  return `(
    select count(*) from ${table} as principal where principal.id = ${principal}
      and principal.disabled_at is null and principal.ended_at is null
      and principal.revoked_before <= ${row}.issued_position
  )`
}
