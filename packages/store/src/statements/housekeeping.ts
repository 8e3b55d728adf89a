/**
 * Sweeping what has been dead for a while, and the fingerprints of the secrets. Children go first and a parent
 * only when it has none left, so that nothing ever stands without the row that keeps it dead.
 */
import type { Statement } from '../script.ts'

/**
 * The grants that died before `$1`, by themselves or with their session. Written with `in`, so that they are
 * found from the few dead sessions and not from the many grants.
 */
const deadGrants = `(
    select id from grants where ended_at < $1
    union all select id from grants where expires_at < $1
    union all select id from grants where session_id in (select id from sessions where ended_at < $1)
    union all select id from grants where session_id in (select id from sessions where expires_at < $1)
  ) as dead`

const sweepRefreshTokens: Statement = {
  name: 'sweep_refresh_tokens',
  text: `delete from refresh_tokens where (grant_id, generation) in (
      select grant_id, generation from refresh_tokens as family
      where grant_id in (select id from ${deadGrants} limit $2) limit $2
    )`,
}

/** The names of what is about to be swept; those of accounts stay with them. */
const sweepAliases = (of: string, dead: string): Statement => ({
  name: `sweep_aliases_of_${of}`,
  text: `delete from aliases where (node_id, sector) in (
      select node_id, sector from aliases as named
      where node_id in (select id from ${dead} limit $2) limit $2
    )`,
})

const nameless = 'not exists (select 1 from aliases as named where named.node_id = dead.id)'

/** Only those that have no refresh token left: as long as any are dead, this one or the last finds something. */
const sweepGrants: Statement = {
  name: 'sweep_grants',
  text: `delete from grants where id in (
      select id from ${deadGrants}
      where not exists (select 1 from refresh_tokens as family where family.grant_id = dead.id)
        and ${nameless}
      limit $2
    )`,
}

const deadSessions = `(
    select id from sessions where ended_at < $1
    union all select id from sessions where expires_at < $1
  ) as dead`

const sweepSessions: Statement = {
  name: 'sweep_sessions',
  text: `delete from sessions where id in (
      select dead.id from ${deadSessions}
      where not exists (select 1 from grants as child where child.session_id = dead.id)
        and ${nameless}
      limit $2
    )`,
}

const deadApiKeys = `(
    select id from api_keys where ended_at < $1
    union all select id from api_keys where expires_at < $1
  ) as dead`

const sweepEndedSecrets: Statement = {
  name: 'sweep_ended_secrets',
  text: `delete from api_key_secrets where (api_key_id, digest) in (
      select api_key_id, digest from api_key_secrets as ended where expires_at < $1 limit $2
    )`,
}

const sweepSecretsOfDeadKeys: Statement = {
  name: 'sweep_secrets_of_dead_keys',
  text: `delete from api_key_secrets where (api_key_id, digest) in (
      select api_key_id, digest from api_key_secrets as left_over
      where api_key_id in (select id from ${deadApiKeys} limit $2) limit $2
    )`,
}

const sweepApiKeys: Statement = {
  name: 'sweep_api_keys',
  text: `delete from api_keys where id in (
      select id from ${deadApiKeys}
      where not exists (select 1 from api_key_secrets as secret where secret.api_key_id = dead.id)
        and ${nameless}
      limit $2
    )`,
}

const sweepClientSecrets: Statement = {
  name: 'sweep_client_secrets',
  text: `delete from client_secrets where (client_id, digest) in (
      select client_id, digest from client_secrets as ended where expires_at < $1 limit $2
    )`,
}

const sweepAuthorizationCodes: Statement = {
  name: 'sweep_authorization_codes',
  text: `delete from authorization_codes where digest in (
      select digest from authorization_codes where expires_at < $1 limit $2
    )`,
}

const sweepSetupTickets: Statement = {
  name: 'sweep_setup_tickets',
  text: `delete from setup_tickets where digest in (
      select digest from setup_tickets where expires_at < $1 limit $2
    )`,
}

const sweepTickets: Statement = {
  name: 'sweep_tickets',
  text: `delete from tickets where digest in (
      select digest from tickets where expires_at < $1 limit $2
    )`,
}

const sweepFactorOffers: Statement = {
  name: 'sweep_factor_offers',
  text: `delete from factors where id in (
      select id from factors where offered_until < $1 limit $2
    )`,
}

const sweepMails: Statement = {
  name: 'sweep_mails',
  text: `delete from mails where id in (
      select id from mails where ended_at < $1 limit $2
    )`,
}

const sweepChallenges: Statement = {
  name: 'sweep_passkey_challenges',
  text: `delete from passkey_challenges where digest in (
      select digest from passkey_challenges where expires_at < $1 limit $2
    )`,
}

const sweepProfiles: Statement = {
  name: 'sweep_risk_profiles',
  text: `delete from risk_profiles where account_id in (
      select account_id from risk_profiles where expires_at < $1 limit $2
    )`,
}

const sweepPrograms: Statement = {
  name: 'sweep_program_profiles',
  text: `delete from program_profiles where subject in (
      select subject from program_profiles where expires_at < $1 limit $2
    )`,
}

const sweepJudged: Statement = {
  name: 'sweep_judged_attempts',
  text: `delete from judged_attempts where id in (
      select id from judged_attempts where expires_at < $1 limit $2
    )`,
}

const sweepLinks: Statement = {
  name: 'sweep_links',
  text: `delete from mail_links where digest in (
      select digest from mail_links where expires_at < $1 limit $2
    )`,
}

const sweepSignUps: Statement = {
  name: 'sweep_sign_ups',
  text: `delete from sign_ups where digest in (
      select digest from sign_ups where expires_at < $1 limit $2
    )`,
}

const sweepInvitations: Statement = {
  name: 'sweep_invitations',
  text: `delete from invitations where id in (
      select id from invitations where expires_at < $1 limit $2
    )`,
}

const sweepSignIns: Statement = {
  name: 'sweep_client_sign_ins',
  text: `delete from client_sign_ins where (session_id, client_id) in (
      select session_id, client_id from client_sign_ins where expires_at < $1 limit $2
    )`,
}

/** In the order in which they must run. `$1` is the time before which it died, `$2` how many rows to take. */
export const sweeps: readonly Statement[] = [
  sweepRefreshTokens,
  sweepAliases('grants', deadGrants),
  sweepGrants,
  sweepAliases('sessions', deadSessions),
  sweepSessions,
  sweepEndedSecrets,
  sweepSecretsOfDeadKeys,
  sweepAliases('api_keys', deadApiKeys),
  sweepApiKeys,
  sweepClientSecrets,
  sweepAuthorizationCodes,
  sweepSetupTickets,
  sweepTickets,
  sweepFactorOffers,
  sweepMails,
  sweepChallenges,
  sweepProfiles,
  sweepPrograms,
  sweepJudged,
  sweepLinks,
  sweepSignUps,
  sweepInvitations,
  sweepSignIns,
]

export const listFingerprints: Statement = {
  name: 'list_fingerprints',
  text: 'select version, fingerprint, seen_at from secret_fingerprints',
}

export const insertFingerprint: Statement = {
  name: 'insert_fingerprint',
  text: 'insert into secret_fingerprints (version, fingerprint, seen_at) values ($1, $2, $3)',
}

export const selectMigrations: Statement = {
  name: 'select_migrations',
  text: 'select id, name from schema_migrations order by id',
}
