/** What an inspection tells, in words that a command line and a page can both show. */

export interface InspectedPart {
  /** As it is spelled in the credential: `iss`, `alg`; or what it is called: `id`, `checksum`. */
  readonly name: string
  readonly value: string
  readonly meaning: string
}

export interface Inspection {
  readonly kind: 'session' | 'refresh' | 'api_key' | 'access_token' | 'jwt' | 'unknown'
  /** The public id that administrators find it by; null where there is none. */
  readonly id: string | null
  /** The form is right. A credential of the right form may still be forged, expired or revoked. */
  readonly wellFormed: boolean
  readonly parts: readonly InspectedPart[]
  readonly warnings: readonly string[]
}

/** A moment in UTC, and how far it is from now. */
export function tellTime(atMs: number, nowMs: number): string {
  if (!Number.isFinite(atMs) || Math.abs(atMs) > 8.64e15) return `${atMs} (no such time)`
  const moment = new Date(atMs).toISOString().replace('T', ' ').replace('.000Z', ' UTC').replace('Z', ' UTC')
  return `${moment} (${tellDistance(atMs - nowMs)})`
}

/** A length of time in its two largest units. */
export function tellDuration(ms: number): string {
  const told: string[] = []
  let rest = Math.round(ms / 1000)
  for (const [unit, seconds] of UNITS) {
    const count = Math.floor(rest / seconds)
    rest -= count * seconds
    if (count > 0) told.push(`${count} ${unit}${count === 1 ? '' : 's'}`)
    if (told.length === 2) break
  }
  return told.length === 0 ? '0 seconds' : told.join(' ')
}

const UNITS = [
  ['year', 31_536_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

function tellDistance(ms: number): string {
  if (Math.abs(ms) < 1000) return 'now'
  return ms > 0 ? `in ${tellDuration(ms)}` : `${tellDuration(-ms)} ago`
}
