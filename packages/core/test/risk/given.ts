/** An account with a steady life, and attempts that differ from it in one thing. */
import type { Attempt, Place } from '../../src/risk/attempt.ts'
import { EMPTY_PROFILE, learn, type Profile } from '../../src/risk/profile.ts'

export const DAY_MS = 86_400_000
/** A Monday, nine in the morning in UTC. */
export const MONDAY_MS: number = Date.UTC(2026, 2, 2, 9)

export const BERLIN: Place = {
  country: 'DE',
  city: 'Berlin',
  latitude: 52.5,
  longitude: 13.4,
  radiusKm: 20,
  asn: 3320,
  provider: null,
  isHosting: false,
}
export const SYDNEY: Place = {
  ...BERLIN,
  country: 'AU',
  city: 'Sydney',
  latitude: -33.9,
  longitude: 151.2,
  asn: 1221,
}
export const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
export const CHROME =
  'Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36'

export function attempt(changes: Partial<Attempt> = {}): Attempt {
  return {
    atMs: MONDAY_MS,
    address: '203.0.113.7',
    place: BERLIN,
    userAgent: FIREFOX,
    deviceId: 'laptop',
    failures: 0,
    networkAccounts: 0,
    isPasswordBreached: false,
    ...changes,
  }
}

/** Signs in each morning of sixty days, the last one the day before `MONDAY_MS`. */
export function steadyProfile(changes: Partial<Attempt> = {}): Profile {
  let profile = EMPTY_PROFILE
  for (let day = 60; day >= 1; day -= 1) {
    profile = learn(profile, attempt({ ...changes, atMs: MONDAY_MS - day * DAY_MS }))
  }
  return profile
}
