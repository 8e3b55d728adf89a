/**
 * Sweeping what has been dead for a while, and the fingerprints of the secrets. Children go first and a parent
 * only when it has none left, so that nothing ever stands without the row that keeps it dead.
 */
import type { Statement } from '../script.ts'

/** Grants that died before `$1`, by themselves or with their session. */
const deadGrants = `
  select id from grants where ended_at < $1
  union all select id from grants where expires_at < $1
  union all select child.id from sessions as above join grants as child on child.session_id = above.id
    where above.ended_at < $1
  union all select child.id from sessions as above join grants as child on child.session_id = above.id
    where above.expires_at < $1`

const sweepRefreshTokens: Statement = {
  name: 'sweep_refresh_tokens',
  text: `delete from refresh_tokens where (grant_id, generation) in (
      select family.grant_id, family.generation from (${deadGrants}) as dead
      join refresh_tokens as family on family.grant_id = dead.id
      limit $2
    )`,
}

const sweepGrants: Statement = {
  name: 'sweep_grants',
  text: `delete from grants where id in (
      select dead.id from (${deadGrants}) as dead
      where not exists (select 1 from refresh_tokens as family where family.grant_id = dead.id)
      limit $2
    )`,
}

const sweepSessions: Statement = {
  name: 'sweep_sessions',
  text: `delete from sessions where id in (
      select dead.id from (
        select id from sessions where ended_at < $1
        union all select id from sessions where expires_at < $1
      ) as dead
      where not exists (select 1 from grants as child where child.session_id = dead.id)
      limit $2
    )`,
}

const deadApiKeys = `
  select id from api_keys where ended_at < $1
  union all select id from api_keys where expires_at < $1`

const sweepApiKeySecrets: Statement = {
  name: 'sweep_api_key_secrets',
  text: `delete from api_key_secrets where (api_key_id, digest) in (
      select api_key_id, digest from api_key_secrets where expires_at < $1
      union all
      select secret.api_key_id, secret.digest from (${deadApiKeys}) as dead
      join api_key_secrets as secret on secret.api_key_id = dead.id
      limit $2
    )`,
}

const sweepApiKeys: Statement = {
  name: 'sweep_api_keys',
  text: `delete from api_keys where id in (
      select dead.id from (${deadApiKeys}) as dead
      where not exists (select 1 from api_key_secrets as secret where secret.api_key_id = dead.id)
      limit $2
    )`,
}

const sweepSetupTickets: Statement = {
  name: 'sweep_setup_tickets',
  text: `delete from setup_tickets where digest in (
      select digest from setup_tickets where expires_at < $1 limit $2
    )`,
}

/** In the order in which they must run. `$1` is the time before which it died, `$2` how many rows to take. */
export const sweeps: readonly Statement[] = [
  sweepRefreshTokens,
  sweepGrants,
  sweepSessions,
  sweepApiKeySecrets,
  sweepApiKeys,
  sweepSetupTickets,
]

export const listFingerprints: Statement = {
  name: 'list_fingerprints',
  text: 'select version, fingerprint from secret_fingerprints',
}

export const insertFingerprint: Statement = {
  name: 'insert_fingerprint',
  text: 'insert into secret_fingerprints (version, fingerprint) values ($1, $2)',
}

export const selectMigrations: Statement = {
  name: 'select_migrations',
  text: 'select id, name from schema_migrations order by id',
}
