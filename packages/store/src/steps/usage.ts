/** Adding to the hourly counts of API keys, in an order in which two reports cannot wait for each other. */
import type { HourOfUse } from '@countersign/core'
import { OTHER_ROUTE, ROUTES_PER_HOUR_MAX } from '@countersign/core/records'
import type { ApiKeyId } from '@countersign/protocol'
import { run, type Script } from '../script.ts'
import { addToHour, countRoutesOfHour, insertHour } from '../statements/usage.ts'
import { readInteger } from './log.ts'

/** How the authority itself is written as a reporter. */
export const AUTHORITY = ''

export type HourOfKey = HourOfUse & { readonly id: ApiKeyId }

export function* addHours(hours: readonly HourOfKey[]): Script<void> {
  for (const hour of [...hours].sort(byPlace)) yield* addHour(hour)
}

function byPlace(left: HourOfKey, right: HourOfKey): number {
  return placeOf(left) < placeOf(right) ? -1 : 1
}

const placeOf = ({ id, hourMs, reportedBy, route }: HourOfKey): string =>
  `${id} ${hourMs} ${reportedBy ?? AUTHORITY} ${route}`

function* addHour(use: HourOfKey): Script<void> {
  const { id, hourMs, route, count, refused, lastAtMs, lastAddress } = use
  const reporter = use.reportedBy ?? AUTHORITY
  const counts = [count, refused, lastAtMs, lastAddress] as const
  if ((yield* run(addToHour, id, hourMs, reporter, route, ...counts)) > 0) return
  const routes = yield* readInteger('routes', countRoutesOfHour, id, hourMs, ROUTES_PER_HOUR_MAX)
  yield* run(insertHour, id, hourMs, reporter, routes < ROUTES_PER_HOUR_MAX ? route : OTHER_ROUTE, ...counts)
}
