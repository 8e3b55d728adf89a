/** What API keys and service accounts are used to, and who is told when they do something else. */
import type { Statement } from '../script.ts'

export const selectProgramKey: Statement = {
  name: 'select_program_key',
  text: `select owner_id as owner, name, suspended_at from api_keys where id = $1 and ended_at is null`,
}

export const selectProgramAccount: Statement = {
  name: 'select_program_account',
  text: `select id as owner, name, null as suspended_at from service_accounts where id = $1 and ended_at is null`,
}

export const selectProgram: Statement = {
  name: 'select_program',
  text: 'select uses, memory from program_profiles where subject = $1',
}

/** Of two at once the first one is there already, and the second begins again with what it has learned. */
export const insertProgram: Statement = {
  name: 'insert_program',
  text: `insert into program_profiles (subject, uses, memory, expires_at) values ($1, $2, $3, $4)
    on conflict (subject) do nothing`,
}

export const updateProgram: Statement = {
  name: 'update_program',
  text: `update program_profiles set uses = $2, memory = $3, expires_at = $4 where subject = $1 and uses = $5`,
}

export const suspendApiKey: Statement = {
  name: 'suspend_api_key',
  text: `update api_keys set suspended_at = $2 where id = $1 and ended_at is null and suspended_at is null`,
}

/** Where somebody works is personal also where a program does it for them. */
export const deleteProgramsOf: Statement = {
  name: 'delete_programs_of',
  text: `delete from program_profiles where subject in (select id from api_keys where owner_id = $1)`,
}

export const selectPersonToTell: Statement = {
  name: 'select_person_to_tell',
  text: 'select id, email from accounts where id = $1 and ended_at is null',
}

export const listAdministratorsToTell: Statement = {
  name: 'list_administrators_to_tell',
  text: `select account.id, account.email from principal_roles as held
    join accounts as account on account.id = held.principal_id
    where held.role_id = $1 and account.disabled_at is null and account.ended_at is null
    order by account.id limit $2`,
}
