/** Invitations that wait to be accepted. */
import type { Statement } from '../script.ts'

const columns = 'id, email, roles, invited_by, made_in, issued_position, created_at, expires_at'

/** One for an address at a time; of two at once the second waits for the first, and finds it. */
export const insertInvitation: Statement = {
  name: 'insert_invitation',
  text: `insert into invitations (${columns}, digest) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict do nothing returning id`,
}

/** What has ended by time must not keep its address from being invited again. */
export const deleteLateInvitation: Statement = {
  name: 'delete_late_invitation',
  text: 'delete from invitations where email = $1 and expires_at <= $2',
}

export const renewInvitation: Statement = {
  name: 'renew_invitation',
  text: `update invitations set digest = $2, invited_by = $3, made_in = $4, issued_position = $5, expires_at = $6
    where id = $1 and email = $7 and roles = $8`,
}

/** Those that may still be accepted, but for the one that is about to be written. */
export const countInvitations: Statement = {
  name: 'count_invitations',
  text: `select count(*) as together, count(case when invited_by = $1 then 1 end) as of_sender
    from invitations where expires_at > $2 and id <> $3`,
}

export const deleteInvitation: Statement = {
  name: 'delete_invitation',
  text: 'delete from invitations where id = $1',
}

export const deleteInvitationsOfSession: Statement = {
  name: 'delete_invitations_of_session',
  text: 'delete from invitations where made_in = $1',
}

export const selectInvitation: Statement = {
  name: 'select_invitation',
  text: `select ${columns} from invitations where id = $1`,
}

export const findInvitation: Statement = {
  name: 'find_invitation',
  text: `select digest, ${columns} from invitations where digest = $1 and expires_at > $2`,
}

/** One use in one statement: whoever deletes it has used it. */
export const useInvitation: Statement = {
  name: 'use_invitation',
  text: `delete from invitations where digest = $1 and expires_at > $2 returning ${columns}`,
}

export const listInvitations: Statement = {
  name: 'list_invitations',
  text: `select ${columns} from invitations where id < $1 order by id desc limit $2`,
}
