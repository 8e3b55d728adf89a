/** API keys and their secrets. */
import { type Part, toPart } from '../columns.ts'
import type { Statement } from '../script.ts'
import { apiKeyIsAboveRules, apiKeyIsAlive } from './alive.ts'
import { headColumns } from './log.ts'

const columns = `id, owner_id, name, permissions, resources, audiences, allow_addresses, rate_limit, created_at,
  created_by, expires_at, ended_at, last_used_at, last_address, overlap_ends_at, issued_position,
  suspended_at`

export const insertApiKey: Statement = {
  name: 'insert_api_key',
  text: `insert into api_keys (${columns}, use_count)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0)`,
}

/** At most `$3` are counted. */
export const countApiKeys: Statement = {
  name: 'count_api_keys',
  text: `select count(*) as live from (
      select 1 from api_keys as mine where owner_id = $1 and ${apiKeyIsAlive('mine', '$2')} limit $3
    ) as counted`,
}

export const apiKeyPart: Part = toPart('api_key', columns)

/** For verdicts: also a key that has ended, with the log's head. */
export const selectApiKeyForVerdict: Statement = {
  name: 'select_api_key_for_verdict',
  text: `select ${headColumns}, ${apiKeyPart.columns}
    from log_head as head left join api_keys as api_key on api_key.id = $1`,
}

/** For people: expired ones are shown as such, ended ones are gone. */
export const selectApiKey: Statement = {
  name: 'select_api_key',
  text: `select ${columns} from api_keys as mine
    where id = $1 and ended_at is null and ${apiKeyIsAboveRules('mine')}`,
}

export const listApiKeys: Statement = {
  name: 'list_api_keys',
  text: `select ${columns} from api_keys as mine
    where id < $1 and ended_at is null and ${apiKeyIsAboveRules('mine')}
    order by id desc limit $2`,
}

export const listApiKeysOfOwner: Statement = {
  name: 'list_api_keys_of_owner',
  text: `select ${columns} from api_keys as mine
    where id < $1 and owner_id = $3 and ended_at is null and ${apiKeyIsAboveRules('mine')}
    order by id desc limit $2`,
}

/** Locks a live key, so that what is read here still holds when it is written. */
export const lockApiKey: Statement = {
  name: 'lock_api_key',
  text: `update api_keys as mine set id = id where id = $1 and ${apiKeyIsAlive('mine', '$2')}
    returning ${columns}`,
}

export const changeApiKey: Statement = {
  name: 'change_api_key',
  text: `update api_keys set name = $2, permissions = $3, resources = $4, audiences = $5,
      allow_addresses = $6, rate_limit = $7, suspended_at = $8
    where id = $1 returning ${columns}`,
}

export const setOverlap: Statement = {
  name: 'set_overlap',
  text: `update api_keys set overlap_ends_at = $2 where id = $1 returning ${columns}`,
}

/** For revoking, which answers the same for a key that had ended before. */
export const endApiKeyAgain: Statement = {
  name: 'end_api_key_again',
  text: 'update api_keys set ended_at = coalesce(ended_at, $2) where id = $1 returning id',
}

/** Keys of whomever, of which a secret that may still be good was shown in that session. */
export const selectApiKeysOfSession: Statement = {
  name: 'select_api_keys_of_session',
  text: `select id from api_keys where ended_at is null
      and id in (select api_key_id from api_key_secrets where made_in = $1)
    order by id`,
}

export const recordApiKeyUse: Statement = {
  name: 'record_api_key_use',
  text: `update api_keys set use_count = use_count + $4,
      last_address = case
        when last_used_at is null or last_used_at < $2 then coalesce($3, last_address)
        else last_address
      end,
      last_used_at = case when last_used_at is null or last_used_at < $2 then $2 else last_used_at end
    where id = $1`,
}

export const selectApiKeyOwner: Statement = {
  name: 'select_api_key_owner',
  text: 'select owner_id as owner from api_keys where id = $1',
}

export const insertApiKeySecret: Statement = {
  name: 'insert_api_key_secret',
  text: 'insert into api_key_secrets (api_key_id, digest, created_at, made_in) values ($1, $2, $3, $4)',
}

/** Newest first: what is presented is nearly always the newest. */
export const selectApiKeySecrets: Statement = {
  name: 'select_api_key_secrets',
  text: `select digest, expires_at from api_key_secrets where api_key_id = $1
    order by created_at desc, digest`,
}

export const deleteEndedApiKeySecrets: Statement = {
  name: 'delete_ended_api_key_secrets',
  text: 'delete from api_key_secrets where api_key_id = $1 and expires_at <= $2',
}

/** An overlap only ever gets shorter. */
export const endApiKeySecrets: Statement = {
  name: 'end_api_key_secrets',
  text: `update api_key_secrets set expires_at = $2
    where api_key_id = $1 and (expires_at is null or expires_at > $2)`,
}
