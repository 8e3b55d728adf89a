/**
 * Forgetting what a sign-in has taught that was not its owner's: what came in with it, or after it from the same
 * place, is new again. Hours and shares stay: they are sums, in which one sign-in weighs little.
 */
import type { Profile } from './profile.ts'
import type { Seen } from './seen.ts'
import { toPlaceKey, toSight } from './sight.ts'

/** Where it came from, as an attempt tells it. */
type Origin = Omit<Parameters<typeof toSight>[1], 'failures' | 'networkAccounts' | 'isPasswordBreached'>

export function unlearn(profile: Profile, origin: Origin): Profile {
  const { atMs, deviceId } = origin
  const none = { failures: 0, networkAccounts: 0, isPasswordBreached: false }
  const { network, provider, country, point, agent } = toSight(profile, { ...origin, ...none })
  const place = toPlaceKey(point)
  const { last } = profile
  return {
    ...profile,
    networks: without(profile.networks, network, atMs),
    providers: without(profile.providers, provider, atMs),
    countries: without(profile.countries, country, atMs),
    places: without(profile.places, place, atMs),
    devices: without(profile.devices, deviceId, atMs),
    agents: without(profile.agents, agent.name, atMs),
    last: last !== null && last.place === place && last.atMs >= atMs ? null : last,
  }
}

/** What the account was known for before stays known: its owner lives there, too. */
function without(list: readonly Seen[], key: string | null, sinceMs: number): readonly Seen[] {
  return list.filter(([name, , firstMs]) => name !== key || firstMs < sinceMs)
}
