/** The passwords of accounts, and since when they are what they are. */
import type { Statement } from '../script.ts'

/** In place of exactly the one before: of two changes at once the second finds another. */
export const setPassword: Statement = {
  name: 'set_password',
  text: `update accounts set password_hash = $3, password_checked_at = $4, password_breached_at = null,
      password_change_required_at = null
    where id = $1 and password_hash is not distinct from $2 and disabled_at is null and ended_at is null`,
}

/** Not where there is none: whoever signs in without one has nothing to change. */
export const requirePasswordChange: Statement = {
  name: 'require_password_change',
  text: `update accounts set password_change_required_at = $2
    where id = $1 and password_hash is not null and ended_at is null returning id`,
}

export const noteClear: Statement = {
  name: 'note_password_clear',
  text: `update accounts set password_checked_at = $3, password_breached_at = null
    where id = $1 and password_hash = $2 and ended_at is null`,
}

/** `$4` is the time from which on it has to be changed, or null. */
export const noteBreached: Statement = {
  name: 'note_password_breached',
  text: `update accounts set password_checked_at = $3, password_breached_at = coalesce(password_breached_at, $3),
      password_change_required_at = coalesce(password_change_required_at, $4)
    where id = $1 and password_hash = $2 and ended_at is null`,
}

export const setPasswordPosition: Statement = {
  name: 'set_password_position',
  text: 'update accounts set password_position = $2 where id = $1',
}

/** Whether there is one: an account that began elsewhere has none. */
export const selectPassword: Statement = {
  name: 'select_password',
  text: 'select id from accounts where id = $1 and password_hash is not null',
}
