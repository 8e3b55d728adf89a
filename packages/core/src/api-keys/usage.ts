/** Which key made which requests (brief D6): counts per key, hour, route and reporter. */
import type { ServiceAccountId } from '@countersign/protocol'

export const HOUR_MS = 3_600_000
/** How long the counts are kept. */
export const USAGE_KEPT_MS: number = 90 * 24 * HOUR_MS
/** A reporter that names more routes of one key within an hour is counted under `OTHER_ROUTE` from there on. */
export const ROUTES_PER_HOUR_MAX = 200
/** No route of ours is called so: names are words. */
export const OTHER_ROUTE = '(other)'

/** Requests of one key within one hour on one route, as one reporter saw them. */
export interface HourOfUse {
  readonly hourMs: number
  readonly route: string
  /** The service account of the verifier that reported it; null for the authority itself. */
  readonly reportedBy: ServiceAccountId | null
  readonly count: number
  readonly refused: number
  readonly lastAtMs: number
  readonly lastAddress: string | null
}

/** Where a page of them ended. */
export type HourPlace = Pick<HourOfUse, 'hourMs' | 'route' | 'reportedBy'>

export const toHourMs = (atMs: number): number => atMs - (atMs % HOUR_MS)
