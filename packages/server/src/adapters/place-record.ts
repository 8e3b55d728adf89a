/**
 * What the records of data files say about an address: the form of GeoLite2 and DB-IP, with nested records, and the
 * flat one of IPinfo. Files come from others, so nothing in them is taken for granted.
 */
import type { Place } from '@countersign/core'

type Fields = Readonly<Record<string, unknown>>

/** Who rents out computers calls itself so, or is known for it. A guess, which weighs accordingly. */
const HOSTING =
  /\b(?:hosting|hoster|cloud|data ?cent(?:er|re)s?|servers?|vps|colo(?:cation)?|amazon|aws|azure|digitalocean|hetzner|ovh|linode|akamai|vultr|choopa|contabo|leaseweb|m247|scaleway|alibaba|tencent|oracle)\b/i
const NAME_CHARACTERS_MAX = 80

/** The first record that knows something says it. Null where none knows anything. */
export function toPlace(records: readonly unknown[]): Place | null {
  const all = records.filter(isFields)
  const first = <T>(read: (record: Fields) => T | null): T | null => {
    for (const record of all) {
      const value = read(record)
      if (value !== null) return value
    }
    return null
  }
  if (all.length === 0) return null
  const provider = first((record) => toName(record.autonomous_system_organization ?? record.as_name))
  const isSaid = all.some(({ is_hosting_provider: said }) => said === true)
  const latitude = first((record) => toDegrees(part(record, 'location').latitude ?? record.latitude, 90))
  const longitude = first((record) => toDegrees(part(record, 'location').longitude ?? record.longitude, 180))
  return {
    country: first((record) =>
      toCountry(part(record, 'country').iso_code ?? record.country_code ?? record.country),
    ),
    city: first((record) => toName(part(part(record, 'city'), 'names').en ?? record.city)),
    latitude: longitude === null ? null : latitude,
    longitude: latitude === null ? null : longitude,
    radiusKm: first((record) => toDegrees(part(record, 'location').accuracy_radius, 20_000)),
    asn: first((record) => toAsn(record.autonomous_system_number ?? record.asn)),
    provider,
    isHosting: isSaid || (provider !== null && HOSTING.test(provider)),
  }
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

function part(record: Fields, name: string): Fields {
  const value = record[name]
  return isFields(value) ? value : {}
}

function toCountry(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Z]{2}$/.test(value) ? value : null
}

/** Shown to people and written into logs, so nothing that breaks a line. */
function toName(value: unknown): string | null {
  const isName = typeof value === 'string' && value !== '' && /^[^\p{C}]*$/u.test(value)
  return isName ? value.slice(0, NAME_CHARACTERS_MAX) : null
}

function toDegrees(value: unknown, max: number): number | null {
  const number = typeof value === 'string' ? Number.parseFloat(value) : value
  return typeof number === 'number' && Math.abs(number) <= max ? number : null
}

function toAsn(value: unknown): number | null {
  const number = typeof value === 'string' ? Number(value.replace(/^AS/, '')) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : null
}
