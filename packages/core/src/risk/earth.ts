/** Distances on the earth: whether somebody can have got from one sign-in to the next. */
import type { Place } from './attempt.ts'

export interface Point {
  readonly latitude: number
  readonly longitude: number
  readonly radiusKm: number
}

const EARTH_RADIUS_KM = 6371
/** Data files without a radius mean a city or worse. */
const RADIUS_KM_UNKNOWN = 100

export function toPoint(place: Place | null): Point | null {
  if (place === null || place.latitude === null || place.longitude === null) return null
  const { latitude, longitude, radiusKm } = place
  return { latitude, longitude, radiusKm: radiusKm ?? RADIUS_KM_UNKNOWN }
}

/** Along the great circle, by the haversine formula, which keeps its precision for near points. */
export function distanceKm(from: Point, to: Point): number {
  const half = (degrees: number): number => Math.sin(toRadians(degrees) / 2) ** 2
  const along = Math.cos(toRadians(from.latitude)) * Math.cos(toRadians(to.latitude))
  const chord = half(to.latitude - from.latitude) + along * half(to.longitude - from.longitude)
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, chord)))
}

/** The least that two places can be apart, when each may be off by its radius. */
export function distanceKmLeast(from: Point, to: Point): number {
  return Math.max(0, distanceKm(from, to) - from.radiusKm - to.radiusKm)
}

function toRadians(degrees: number): number {
  return (degrees * Math.PI) / 180
}
