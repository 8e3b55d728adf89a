/**
 * What an account is used to: bounded, forgetting, and learned only from sign-ins that went through, so that
 * trying does not teach it anything. It is stored as JSON of a few kilobytes and holds no more than it must.
 */
import type { Attempt } from './attempt.ts'
import { type Hours, learnHour, NO_HOURS } from './hours.ts'
import { type Seen, see } from './seen.ts'
import { type Sight, toPlaceKey, toSight } from './sight.ts'
import { learnNovelty, NO_NOVELTY, type Novelty } from './surprise.ts'

export interface Profile {
  /** Of this form; another one is not read but begun anew. */
  readonly version: 1
  /** How many sign-ins it was learned from. */
  readonly count: number
  readonly networks: readonly Seen[]
  readonly providers: readonly Seen[]
  readonly countries: readonly Seen[]
  /** Points with one decimal, 11 km. */
  readonly places: readonly Seen[]
  readonly devices: readonly Seen[]
  readonly agents: readonly Seen[]
  /** Where the last sign-in with a known place came from. */
  readonly last: { readonly atMs: number; readonly place: string } | null
  readonly hours: Hours
  readonly novelty: Novelty
}

const KEPT_MAX = { networks: 24, providers: 16, countries: 12, places: 16, devices: 16, agents: 12 } as const

export const EMPTY_PROFILE: Profile = {
  version: 1,
  count: 0,
  networks: [],
  providers: [],
  countries: [],
  places: [],
  devices: [],
  agents: [],
  last: null,
  hours: NO_HOURS,
  novelty: NO_NOVELTY,
}

/** As it was stored. Another form, an older or a newer one, is none: the account begins anew. */
export function parseProfile(text: string | null): Profile {
  if (text === null) return EMPTY_PROFILE
  const stored: unknown = JSON.parse(text)
  return isProfile(stored) ? stored : EMPTY_PROFILE
}

function isProfile(value: unknown): value is Profile {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1
}

/** The profile after a sign-in that went through. */
export function learn(profile: Profile, attempt: Attempt): Profile {
  const sight = toSight(profile, attempt)
  const { atMs } = attempt
  const place = toPlaceKey(sight.point)
  return {
    version: 1,
    count: profile.count + 1,
    networks: see(profile.networks, sight.network, atMs, KEPT_MAX.networks),
    providers: see(profile.providers, sight.provider, atMs, KEPT_MAX.providers),
    countries: see(profile.countries, sight.country, atMs, KEPT_MAX.countries),
    places: see(profile.places, place, atMs, KEPT_MAX.places),
    devices: see(profile.devices, attempt.deviceId, atMs, KEPT_MAX.devices),
    agents: see(profile.agents, sight.agent.name, atMs, KEPT_MAX.agents),
    last: place === null ? profile.last : { atMs, place },
    hours: learnHour(profile.hours, atMs),
    novelty: profile.count === 0 ? profile.novelty : learnNovelty(profile.novelty, toNews(sight), atMs),
  }
}

/** What was new about it. What cannot be told, as a country without a data file, is not new. */
function toNews({ known, network, provider, country, travel }: Sight) {
  return {
    network: network !== null && !known.network,
    provider: provider !== null && !known.provider,
    country: country !== null && !known.country,
    device: !known.device,
    agent: !known.agent,
    travel: travel !== null,
  }
}
