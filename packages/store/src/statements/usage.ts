/**
 * Counts of what API keys were used for. Kept apart from the keys, since a verdict reads those and each of
 * these is written again and again.
 */
import type { Statement } from '../script.ts'

const place = 'api_key_id = $1 and hour = $2 and reported_by = $3 and route = $4'

/** Adds to a row that is there, as it nearly always is. */
export const addToHour: Statement = {
  name: 'add_to_hour',
  text: `update usage_hours set uses = uses + $5, refused = refused + $6,
      last_address = case when last_at <= $7 then coalesce($8, last_address) else last_address end,
      last_at = case when last_at < $7 then $7 else last_at end
    where ${place}`,
}

/** `$3`: where counting may stop. */
export const countRoutesOfHour: Statement = {
  name: 'count_routes_of_hour',
  text: `select count(*) as routes from (
      select 1 from usage_hours where api_key_id = $1 and hour = $2 limit $3
    ) as counted`,
}

/** Where another node has made the row meanwhile, it is added to. */
export const insertHour: Statement = {
  name: 'insert_hour',
  text: `insert into usage_hours (api_key_id, hour, reported_by, route, uses, refused, last_at, last_address)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (api_key_id, hour, reported_by, route) do update set
      uses = usage_hours.uses + excluded.uses, refused = usage_hours.refused + excluded.refused,
      last_address = case
        when usage_hours.last_at <= excluded.last_at then coalesce(excluded.last_address, usage_hours.last_address)
        else usage_hours.last_address
      end,
      last_at = case when usage_hours.last_at < excluded.last_at then excluded.last_at else usage_hours.last_at end`,
}

/** Newest hour first; `$2` to `$4` are where the page before ended. */
export const listHours: Statement = {
  name: 'list_hours',
  text: `select hour, reported_by, route, uses, refused, last_at, last_address from usage_hours
    where api_key_id = $1 and (hour, reported_by, route) < ($2, $3, $4)
    order by hour desc, reported_by desc, route desc limit $5`,
}

/** The keys of one look-up; a caller with fewer repeats one. */
export const KEYS_PER_READ = 50

export const selectAudiencesOfKeys: Statement = {
  name: 'select_audiences_of_keys',
  text: `select id, audiences from api_keys
    where id in (${Array.from({ length: KEYS_PER_READ }, (_, index) => `$${index + 1}`).join(', ')})`,
}

export const sweepHours: Statement = {
  name: 'sweep_hours',
  text: `delete from usage_hours where (api_key_id, hour, reported_by, route) in (
      select api_key_id, hour, reported_by, route from usage_hours as old where hour < $1 limit $2
    )`,
}
