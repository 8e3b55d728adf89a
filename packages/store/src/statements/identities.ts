/** Identities: accounts elsewhere that people sign in with. */
import type { Statement } from '../script.ts'

const columns = 'id, account_id, provider, issuer, subject, label, created_at, last_used_at, made_in'

/** No row comes back where somebody has that identity. */
export const insertIdentity: Statement = {
  name: 'insert_identity',
  text: `insert into identities (${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict (issuer, subject) do nothing returning id`,
}

export const selectIdentity: Statement = {
  name: 'select_identity',
  text: `select ${columns} from identities where issuer = $1 and subject = $2`,
}

export const selectIdentities: Statement = {
  name: 'select_identities',
  text: `select ${columns} from identities where account_id = $1 order by id`,
}

export const useIdentity: Statement = {
  name: 'use_identity',
  text: 'update identities set last_used_at = $3 where id = $1 and account_id = $2',
}

export const deleteIdentity: Statement = {
  name: 'delete_identity',
  text: 'delete from identities where id = $1 and account_id = $2',
}

export const deleteIdentitiesOfAccount: Statement = {
  name: 'delete_identities_of_account',
  text: 'delete from identities where account_id = $1',
}

/** What was connected in a session that was not its owner's. */
export const deleteIdentitiesOfSession: Statement = {
  name: 'delete_identities_of_session',
  text: 'delete from identities where made_in = $1 and account_id = $2',
}
