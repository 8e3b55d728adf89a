/** Signing keys. Every writer but a revocation holds the lock `signing_keys`. */
import type { Statement } from '../script.ts'

const columns = `id, line, algorithm, state, public_jwk, sealed_private_key, created_at, promoted_at,
  demoted_at, retired_at`

export const listSigningKeys: Statement = {
  name: 'list_signing_keys',
  text: `select ${columns}, published_position from signing_keys order by id`,
}

export const selectSigningKeyInState: Statement = {
  name: 'select_signing_key_in_state',
  text: 'select id from signing_keys where line = $1 and state = $2 limit 1',
}

export const insertSigningKey: Statement = {
  name: 'insert_signing_key',
  text: `insert into signing_keys (${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
}

export const notePublication: Statement = {
  name: 'note_publication',
  text: 'update signing_keys set published_position = $2 where id = $1',
}

export const promoteSigningKey: Statement = {
  name: 'promote_signing_key',
  text: `update signing_keys set state = 'current', promoted_at = $2 where id = $1 and state = 'next'`,
}

export const demoteSigningKeys: Statement = {
  name: 'demote_signing_keys',
  text: `update signing_keys set state = 'previous', demoted_at = $2
    where id <> $1 and state = 'current' and line = (select line from signing_keys where id = $1)`,
}

export const retireSigningKey: Statement = {
  name: 'retire_signing_key',
  text: `update signing_keys set state = 'retired', retired_at = $2 where id = $1 and state = 'previous'`,
}

/** For revoking, which answers the same for a key that had been removed before. */
export const removeSigningKey: Statement = {
  name: 'remove_signing_key',
  text: `update signing_keys set state = 'removed', retired_at = coalesce(retired_at, $2)
    where id = $1 returning id`,
}

export const selectSigningKey: Statement = {
  name: 'select_signing_key',
  text: 'select id from signing_keys where id = $1',
}
