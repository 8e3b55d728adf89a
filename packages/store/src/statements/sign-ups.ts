/** Sign-ups that wait for their link to be used. */
import type { Statement } from '../script.ts'

const columns = 'digest, email, name, password_hash, created_at, expires_at'

export const insertSignUp: Statement = {
  name: 'insert_sign_up',
  text: `insert into sign_ups (${columns}) values ($1, $2, $3, $4, $5, $6)`,
}

export const selectSignUp: Statement = {
  name: 'select_sign_up',
  text: `select ${columns} from sign_ups where digest = $1 and expires_at > $2`,
}

/** One use in one statement: whoever deletes it has used it. */
export const useSignUp: Statement = {
  name: 'use_sign_up',
  text: 'delete from sign_ups where digest = $1 and expires_at > $2',
}

export const deleteSignUpsOfEmail: Statement = {
  name: 'delete_sign_ups_of_email',
  text: 'delete from sign_ups where email = $1',
}

/** What somebody typed and never confirmed is not kept for long: each sign-up takes a few old ones away. */
export const forgetSignUps: Statement = {
  name: 'forget_sign_ups',
  text: `delete from sign_ups where digest in (
      select digest from sign_ups where expires_at < $1 limit $2
    )`,
}
