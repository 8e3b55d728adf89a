/** What is known about one sign-in at the moment when the password has turned out right: what the rules look at. */

/** Where an address is, as far as a data file tells. Never exact: `radiusKm` says how far it may be off. */
export interface Place {
  /** ISO 3166-1, two letters. */
  readonly country: string | null
  readonly city: string | null
  readonly latitude: number | null
  readonly longitude: number | null
  readonly radiusKm: number | null
  /** Number of the autonomous system: the provider. */
  readonly asn: number | null
  readonly provider: string | null
  /** The provider rents out computers. People rarely sit in data centres, programs do. */
  readonly isHosting: boolean
}

export interface Attempt {
  readonly atMs: number
  readonly address: string | null
  readonly place: Place | null
  readonly userAgent: string | null
  /** What a cookie on the device names it as; a device without one gets a fresh id. Null where there are no such cookies. */
  readonly deviceId: string | null
  /** Wrong passwords for this account within `RECENT_MS` before. */
  readonly failures: number
  /** Other accounts that failed to sign in from the same network within `RECENT_MS` before. */
  readonly networkAccounts: number
  readonly isPasswordBreached: boolean
}

export const RECENT_MS = 3_600_000

/** For people: "Berlin, DE". Null where nothing is known. */
export function toPlaceName(place: Place | null): string | null {
  const parts = [place?.city, place?.country].filter((part) => part != null)
  return parts.length === 0 ? null : parts.join(', ')
}
