/** Passkeys, and the challenges that ask for one. Names, times and kinds stand with the factor of the same id. */
import type { Statement } from '../script.ts'

const columns = `id, account_id, credential_id, user_handle, public_key, sign_count, transports, aaguid,
  backup_eligible_at, backed_up_at, user_verified_at`

/** No row comes back where somebody has that credential already. */
export const insertPasskey: Statement = {
  name: 'insert_passkey',
  text: `insert into passkeys (${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    on conflict (credential_id) do nothing returning id`,
}

export const selectPasskeys: Statement = {
  name: 'select_passkeys',
  text: `select ${columns} from passkeys where account_id = $1 order by id`,
}

export const selectPasskeyByCredential: Statement = {
  name: 'select_passkey_by_credential',
  text: `select ${columns} from passkeys where credential_id = $1`,
}

/**
 * A count that does not rise is refused here as well: of two answers that were checked at once, the second finds
 * the first one's (WebAuthn §7.2, step 22).
 */
export const usePasskey: Statement = {
  name: 'use_passkey',
  text: `update passkeys set sign_count = $3, backed_up_at = $4,
      user_verified_at = coalesce(user_verified_at, $5)
    where id = $1 and account_id = $2 and (sign_count < $3 or (sign_count = 0 and $3 = 0))`,
}

export const touchFactor: Statement = {
  name: 'touch_factor',
  text: 'update factors set last_used_at = $3 where id = $1 and account_id = $2 and offered_until is null',
}

export const renamePasskey: Statement = {
  name: 'rename_passkey',
  text: `update factors set name = $3 where id = $1 and account_id = $2 and kind = 'passkey'
    returning id, account_id, kind, name, created_at, last_used_at`,
}

export const deletePasskey: Statement = {
  name: 'delete_passkey',
  text: 'delete from passkeys where id = $1 and account_id = $2',
}

export const deletePasskeysOfAccount: Statement = {
  name: 'delete_passkeys_of_account',
  text: 'delete from passkeys where account_id = $1',
}

export const insertChallenge: Statement = {
  name: 'insert_passkey_challenge',
  text: `insert into passkey_challenges (digest, purpose, account_id, bound_to, user_handle, expires_at)
    values ($1, $2, $3, $4, $5, $6)`,
}

/** One-time use in one statement: whoever deletes it has used it. */
export const useChallenge: Statement = {
  name: 'use_passkey_challenge',
  text: `delete from passkey_challenges
    where digest = $1 and purpose = $2 and bound_to = $3 and expires_at > $4 returning account_id, user_handle`,
}

export const deleteChallengesOfAccount: Statement = {
  name: 'delete_passkey_challenges_of_account',
  text: 'delete from passkey_challenges where account_id = $1',
}
