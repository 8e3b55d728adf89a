/** What sign-ins are held against: a profile per account, how earlier ones were judged, and the policy. */
import type { Statement } from '../script.ts'

export const selectProfile: Statement = {
  name: 'select_risk_profile',
  text: 'select profile from risk_profiles where account_id = $1',
}

/** Of two sign-ins at once the second finds as many in the row as it brings, and leaves it. */
export const writeProfile: Statement = {
  name: 'write_risk_profile',
  text: `insert into risk_profiles (account_id, sign_ins, profile, expires_at) values ($1, $2, $3, $4)
    on conflict (account_id) do update set
      sign_ins = excluded.sign_ins, profile = excluded.profile, expires_at = excluded.expires_at
    where risk_profiles.sign_ins < excluded.sign_ins`,
}

export const deleteProfile: Statement = {
  name: 'delete_risk_profile',
  text: 'delete from risk_profiles where account_id = $1',
}

/** Wrong passwords and codes are in the audit log already; `$2` is an id before which none can be that young. */
export const countFailures: Statement = {
  name: 'count_sign_in_failures',
  text: `select count(*) as failures from (
      select 1 from audit_events
      where target_id = $1 and id >= $2 and type = 'sign_in.refused' and at >= $3 limit $4
    ) as counted`,
}

const columns = 'id, account_id, at, action, grades, expires_at'

export const insertJudged: Statement = {
  name: 'insert_judged_attempt',
  text: `insert into judged_attempts (${columns}) values ($1, $2, $3, $4, $5, $6)`,
}

/** Ids are ordered by time, so the walk begins where the time does. */
export const listJudged: Statement = {
  name: 'list_judged_attempts',
  text: `select ${columns} from judged_attempts where id > $1 and at >= $2 order by id limit $3`,
}

export const deleteJudgedOfAccount: Statement = {
  name: 'delete_judged_attempts_of_account',
  text: 'delete from judged_attempts where account_id = $1',
}

export const selectPolicy: Statement = {
  name: 'select_risk_policy',
  text: `select policy, changed_at from risk_policies where name = 'current'`,
}

export const writePolicy: Statement = {
  name: 'write_risk_policy',
  text: `insert into risk_policies (name, policy, changed_at) values ('current', $1, $2)
    on conflict (name) do update set policy = excluded.policy, changed_at = excluded.changed_at`,
}
