/** Sign-ins with a stolen password: where they come from, with what, and when. */
import type { Attempt } from '../../src/risk/attempt.ts'
import { type Browser, DESKTOPS, PHONES, scriptAgent, toUserAgent } from './agents.ts'
import { DAY_MS, START_MS } from './days.ts'
import type { TakeoverKind } from './parameters.ts'
import { newDeviceId, type Person } from './people.ts'
import type { Random } from './random.ts'
import type { Link, World } from './world.ts'

/** Not part of the aim, and reported apart: nothing that the rules can look at tells them from the owner. */
export type HardKind = 'lookalike' | 'same_home' | 'stolen_cookie'
export const HARD_KINDS: readonly HardKind[] = ['lookalike', 'same_home', 'stolen_cookie']

const HOUR_MS = 3_600_000

interface Disguise {
  readonly link: Link
  readonly userAgent: string
  readonly localHour: number
  readonly failures: number
  readonly networkAccounts: number
  readonly deviceId: string
}

/** On the day of `atMs`, in the life that the person leads by then. */
export function takeOver(
  world: World,
  person: Person,
  random: Random,
  kind: TakeoverKind | HardKind,
  atMs: number,
): Attempt {
  const disguise = disguiseAs(world, person, random, kind, atMs)
  const offsetHours = Math.round(person.life.city.longitude / 15)
  const dayMs = Math.floor((atMs - START_MS) / DAY_MS) * DAY_MS + START_MS
  return {
    atMs: Math.round(dayMs + ((disguise.localHour - offsetHours + 48) % 24) * HOUR_MS),
    address: world.address(random, disguise.link),
    place: world.lookUp(disguise.link),
    userAgent: disguise.userAgent,
    deviceId: disguise.deviceId,
    failures: disguise.failures,
    networkAccounts: disguise.networkAccounts,
    isPasswordBreached: false,
  }
}

function disguiseAs(
  world: World,
  person: Person,
  random: Random,
  kind: TakeoverKind | HardKind,
  atMs: number,
): Disguise {
  const { life } = person
  const home = life.city.country
  const anywhere = random.pick(random.pickZipf(world.countries).cities)
  const browser = (one: Browser): string => toUserAgent(one, atMs - START_MS)
  const usual: Disguise = {
    link: world.link(random, random.pickZipf(anywhere.country.providers), anywhere),
    userAgent: browser(random.pickZipf(random.chance(0.8) ? DESKTOPS : PHONES)),
    localHour: random.between(0, 24),
    failures: random.whole(0, 2),
    networkAccounts: random.whole(0, 3),
    deviceId: newDeviceId(),
  }
  const atHome = world.link(random, random.pickZipf(home.providers), random.pick(home.cities))
  switch (kind) {
    case 'stuffing':
      return {
        ...usual,
        link: world.link(random, random.pick(world.hosters), anywhere),
        userAgent: random.chance(0.4) ? scriptAgent(random) : usual.userAgent,
        networkAccounts: random.chance(0.5) ? Math.round(random.lognormal(20, 3)) : 0,
      }
    case 'foreign_proxy':
      return usual
    case 'same_country':
      return { ...usual, link: atHome, localHour: random.between(9, 24) }
    case 'at_night':
      return { ...usual, link: atHome, localHour: random.between(2, 5) }
    case 'local_vpn':
      return { ...usual, link: world.link(random, random.pickZipf(world.vpns), random.pick(home.cities)) }
    case 'guessing':
      return { ...usual, failures: random.whole(8, 60) }
    case 'lookalike':
      return lookAlike(world, person, random, usual, atMs)
    case 'same_home':
      return { ...usual, link: life.home, localHour: random.between(9, 23) }
    case 'stolen_cookie':
      return { ...usual, deviceId: random.pick(life.devices).id }
  }
}

/** The same city, the same provider, the same kind of browser, the same hours: bought together with the password. */
function lookAlike(world: World, person: Person, random: Random, usual: Disguise, atMs: number): Disguise {
  const { home, devices } = person.life
  return {
    ...usual,
    link: world.link(random, home.provider, home.city),
    userAgent: toUserAgent(random.pick(devices).browser, atMs - START_MS),
    localHour: random.pick([person.morning, person.morning + 4.5, 20]),
    failures: 0,
    networkAccounts: 0,
  }
}
