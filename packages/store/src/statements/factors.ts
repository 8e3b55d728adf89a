/** Second factors, recovery codes, and how often each was tried wrongly in a row. */
import type { Statement } from '../script.ts'

const columns = 'id, account_id, kind, name, created_at, last_used_at'

export const insertFactor: Statement = {
  name: 'insert_factor',
  text: `insert into factors (sealed_seed, offered_until, last_step, ${columns})
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
}

/** One offer at a time: a new one takes the place of what was never confirmed. */
export const deleteOffers: Statement = {
  name: 'delete_factor_offers',
  text: 'delete from factors where account_id = $1 and offered_until is not null',
}

export const selectFactors: Statement = {
  name: 'select_factors',
  text: `select ${columns}, sealed_seed, last_step from factors
    where account_id = $1 and offered_until is null order by id`,
}

export const selectOffer: Statement = {
  name: 'select_factor_offer',
  text: `select ${columns}, sealed_seed, last_step from factors
    where id = $1 and account_id = $2 and offered_until > $3`,
}

/** The code that confirms is spent like any other. */
export const confirmFactor: Statement = {
  name: 'confirm_factor',
  text: `update factors set offered_until = null, last_step = $3
    where id = $1 and account_id = $2 and offered_until > $4
    returning ${columns}`,
}

export const deleteFactor: Statement = {
  name: 'delete_factor',
  text: 'delete from factors where id = $1 and account_id = $2',
}

export const deleteFactorsOfAccount: Statement = {
  name: 'delete_factors_of_account',
  text: 'delete from factors where account_id = $1',
}

/** Each step once, and none before one that was used (RFC 6238 §5.2, ASVS 6.5.1). */
export const useTotpStep: Statement = {
  name: 'use_totp_step',
  text: `update factors set last_step = $3, last_used_at = $4
    where id = $1 and account_id = $2 and offered_until is null and last_step < $3`,
}

export const insertRecoveryCode: Statement = {
  name: 'insert_recovery_code',
  text: 'insert into recovery_codes (account_id, number, hash, created_at) values ($1, $2, $3, $4)',
}

export const selectRecoveryCode: Statement = {
  name: 'select_recovery_code',
  text: 'select hash from recovery_codes where account_id = $1 and number = $2 and used_at is null',
}

export const countRecoveryCodes: Statement = {
  name: 'count_recovery_codes',
  text: 'select count(*) as unused from recovery_codes where account_id = $1 and used_at is null',
}

/** The hash is compared too: a code of an earlier set may have had the same number. */
export const useRecoveryCode: Statement = {
  name: 'use_recovery_code',
  text: `update recovery_codes set used_at = $4
    where account_id = $1 and number = $2 and hash = $3 and used_at is null`,
}

export const deleteRecoveryCodes: Statement = {
  name: 'delete_recovery_codes',
  text: 'delete from recovery_codes where account_id = $1',
}

/** Counts before anything is compared; no row comes back once the limit is reached. */
export const countFailure: Statement = {
  name: 'count_factor_failure',
  text: `insert into factor_failures (account_id, way, failures) values ($1, $2, 1)
    on conflict (account_id, way) do update set failures = factor_failures.failures + 1
      where factor_failures.failures < $3
    returning failures`,
}

/** The password is closed where it is at a step-up, or at a sign-in from unknown devices. */
export const selectClosed: Statement = {
  name: 'select_closed_factors',
  text: `select way from factor_failures where account_id = $1 and failures >= $2
    union select 'password' from password_failures where subject = $1 and device = '' and failures >= $2
    order by way`,
}

export const deleteFailures: Statement = {
  name: 'delete_factor_failures',
  text: 'delete from factor_failures where account_id = $1 and way = $2',
}

export const deleteFailuresOfAccount: Statement = {
  name: 'delete_factor_failures_of_account',
  text: 'delete from factor_failures where account_id = $1',
}
