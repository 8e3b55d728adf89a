/** A profile of nobody, as large as that of somebody: work on it takes as long. */
import type { Attempt } from './attempt.ts'
import { EMPTY_PROFILE, learn } from './profile.ts'
import { DAY_MS } from './seen.ts'

const SIGN_INS = 24
let made: string | null = null

/** As it would be stored. Made once, when it is first asked for. */
export function decoyProfile(): string {
  made ??= JSON.stringify(
    Array.from({ length: SIGN_INS }, (_, turn) => toAttempt(turn)).reduce(learn, EMPTY_PROFILE),
  )
  return made
}

/** Another network and another device each time, from the addresses for documentation (RFC 5737, RFC 3849). */
function toAttempt(turn: number): Attempt {
  const place = {
    country: 'ZZ',
    city: null,
    latitude: turn,
    longitude: turn,
    radiusKm: 20,
    asn: 64_496 + turn,
  }
  return {
    atMs: turn * DAY_MS,
    address: `2001:db8:${turn}::1`,
    place: { ...place, provider: null, isHosting: false },
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    deviceId: `dev_${String(turn).padStart(26, '0')}`,
    failures: 0,
    networkAccounts: 0,
    isPasswordBreached: false,
  }
}
