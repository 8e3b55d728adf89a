/** An attempt held against a profile: which of its traits are known, and whether the way there is possible. */
import { type Agent, toAgent } from './agent.ts'
import type { Attempt } from './attempt.ts'
import { distanceKm, distanceKmLeast, type Point, toPoint } from './earth.ts'
import { toNetwork } from './network.ts'
import type { Profile } from './profile.ts'
import { isKnown, type Seen } from './seen.ts'

export interface Sight {
  readonly attempt: Attempt
  readonly profile: Profile
  readonly network: string | null
  readonly provider: string | null
  readonly country: string | null
  readonly point: Point | null
  readonly agent: Agent
  readonly known: {
    readonly network: boolean
    readonly provider: boolean
    readonly country: boolean
    readonly device: boolean
    readonly agent: boolean
  }
  /** Within reach of a place that the account was seen at; null where places are not known. */
  readonly isNear: boolean | null
  /** A way that nobody can have travelled; null where there is none. */
  readonly travel: { readonly km: number; readonly hours: number } | null
}

/** Data files put customers of one provider into any town of the region. */
const NEAR_KM = 150
/** Airliners fly at about 900 km/h; the rest is for data files that are wrong. */
const SPEED_KM_PER_HOUR_MAX = 1000
/** A shorter way says nothing, however fast it was. */
const TRAVEL_KM_MIN = 400
const HOUR_MS = 3_600_000

export function toSight(profile: Profile, attempt: Attempt): Sight {
  const { atMs, place, deviceId } = attempt
  const network = toNetwork(attempt.address)
  const provider = place?.asn == null ? null : `AS${place.asn}`
  const country = place?.country ?? null
  const point = toPoint(place)
  const agent = toAgent(attempt.userAgent)
  const known = {
    network: isKnown(profile.networks, network, atMs),
    provider: isKnown(profile.providers, provider, atMs),
    country: isKnown(profile.countries, country, atMs),
    device: isKnown(profile.devices, deviceId, atMs),
    agent: isKnown(profile.agents, agent.name, atMs),
  }
  const isNear = point === null ? null : isNearAny(profile.places, point, atMs)
  const travel = known.network || isNear === true ? null : impossibleTravel(profile.last, point, atMs)
  return { attempt, profile, network, provider, country, point, agent, known, isNear, travel }
}

export function toPlaceKey(point: Point | null): string | null {
  return point === null ? null : `${point.latitude.toFixed(1)},${point.longitude.toFixed(1)}`
}

function isNearAny(places: readonly Seen[], point: Point, nowMs: number): boolean | null {
  const here = places.filter(([key]) => isKnown(places, key, nowMs))
  return here.length === 0 ? null : here.some(([key]) => distanceKm(ofPlaceKey(key), point) <= NEAR_KM)
}

/**
 * From where the last sign-in came. Places and networks that the account is known for are no travel: somebody
 * who switches a VPN on and off seems to fly to and fro all day.
 */
function impossibleTravel(last: Profile['last'], point: Point | null, atMs: number): Sight['travel'] {
  if (last === null || point === null) return null
  const km = distanceKmLeast(ofPlaceKey(last.place), point)
  const hours = Math.max(0, atMs - last.atMs) / HOUR_MS
  if (km < TRAVEL_KM_MIN || km <= hours * SPEED_KM_PER_HOUR_MAX) return null
  return { km: Math.round(km), hours: Math.round(hours * 10) / 10 }
}

function ofPlaceKey(key: string): Point {
  const [latitude = 0, longitude = 0] = key.split(',').map(Number)
  return { latitude, longitude, radiusKm: 25 }
}
