/**
 * What it takes to be alive, as conditions that statements are put together from: the one place where the
 * credential tree (design §3) is spelled in SQL. `row` is the alias of the row asked about, `now` the
 * placeholder of the time. A parent that is missing counts as dead.
 */

/** Neither the issuer nor a role of the principal ended what was issued at that position. */
export function aboveRules(position: string, principal: string): string {
  return `${position} >= (select issuer_revoked_before from log_head) and not exists (
    select 1 from principal_roles as held join roles as role on role.id = held.role_id
    where held.principal_id = ${principal} and role.revoked_before > ${position}
  )`
}

export function sessionIsAlive(row: string, now: string): string {
  return `${row}.ended_at is null and ${row}.expires_at > ${now} and ${row}.idle_expires_at > ${now}
    and ${sessionIsAboveRules(row)}`
}

/** Leaves the session's own times aside. */
export function sessionIsAboveRules(row: string): string {
  return `${hasLiving('accounts', row, `${row}.account_id`)}
    and ${aboveRules(`${row}.issued_position`, `${row}.account_id`)}`
}

export function grantIsAlive(row: string, now: string): string {
  return `${row}.ended_at is null and ${row}.expires_at > ${now}
    and exists (
      select 1 from clients as client
      where client.id = ${row}.client_id and client.revoked_before <= ${row}.issued_position
    )
    and (${row}.session_id is null or exists (
      select 1 from sessions as above where above.id = ${row}.session_id and ${sessionIsAlive('above', now)}
    ))
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
  return `(${hasLiving('accounts', row, principal)} or ${hasLiving('service_accounts', row, principal)})
    and ${aboveRules(`${row}.issued_position`, principal)}`
}

function hasLiving(table: 'accounts' | 'service_accounts', row: string, principal: string): string {
  return `exists (
    select 1 from ${table} as principal where principal.id = ${principal}
      and principal.disabled_at is null and principal.ended_at is null
      and principal.revoked_before <= ${row}.issued_position
  )`
}
