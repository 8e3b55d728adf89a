/** The days of a simulated person: their sign-ins in order, with trips, moves, new phones and cleared cookies. */
import type { Attempt } from '../../src/risk/attempt.ts'
import { DESKTOPS, toUserAgent } from './agents.ts'
import { type Device, newDevice, newDeviceId, type Person, settle } from './people.ts'
import type { Random } from './random.ts'
import type { City, Link, World } from './world.ts'

/** A Monday. */
export const START_MS: number = Date.UTC(2025, 0, 6)
export const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const YEAR_DAYS = 365

interface Trip {
  readonly city: City
  readonly untilDay: number
  readonly hotel: Link
  /** A card of the country, or the carrier at home, through whose exits the traffic leaves then. */
  readonly isRoaming: boolean
}

/** All sign-ins that go through, in order. `person.life` ends as it is at the last one. */
export function* liveOn(world: World, person: Person, random: Random): Generator<Attempt> {
  const { parameters } = world
  const days = parameters.months * 30
  let trip: Trip | null = null
  for (let day = 0; day < days; day += 1) {
    if (trip !== null && day >= trip.untilDay) trip = null
    if (trip === null && random.chance(parameters.tripsPerYear / YEAR_DAYS))
      trip = travel(world, person, random, day)
    changeLife(world, person, random)
    const count = poisson(random, person.signInsPerDay)
    const times = Array.from({ length: count }, () => timeOfDay(person, random, day, parameters.oddHourShare))
    const offsetHours = Math.round((trip?.city ?? person.life.city).longitude / 15)
    for (const hours of times.sort((a, b) => a - b)) {
      const atMs = START_MS + day * DAY_MS + (hours - offsetHours) * HOUR_MS
      yield signInAt(world, person, random, trip, Math.round(atMs))
    }
  }
}

function signInAt(world: World, person: Person, random: Random, trip: Trip | null, atMs: number): Attempt {
  const { parameters } = world
  const borrowed = trip !== null && random.chance(parameters.borrowedShare)
  const { link, device } = borrowed
    ? {
        link: trip.hotel,
        device: { kind: 'desktop', browser: random.pickZipf(DESKTOPS), id: newDeviceId() } as const,
      }
    : chooseWay(world, person, random, trip)
  const id = person.keepsCookies ? device.id : newDeviceId()
  return {
    atMs,
    address: world.address(random, link),
    place: world.lookUp(link),
    userAgent: person.usesProgram ? 'python-requests/2.31.0' : toUserAgent(device.browser, atMs - START_MS),
    deviceId: id,
    failures: failuresBefore(world, random),
    networkAccounts: link.provider.isMobile || link.provider.isHosting ? neighbours(random) : 0,
    isPasswordBreached: false,
  }
}

function chooseWay(
  world: World,
  person: Person,
  random: Random,
  trip: Trip | null,
): { link: Link; device: Device } {
  const { parameters } = world
  const { life } = person
  const carried = life.devices.filter(({ kind }) => kind !== 'desktop')
  const device = random.pickZipf(carried)
  if (person.vpn !== null && random.chance(parameters.vpnUse))
    return { link: vpnExit(world, person.vpn, random), device }
  const phone = carried.find(({ kind }) => kind === 'phone')
  if (phone !== undefined && random.chance(parameters.mobileShare))
    return { link: mobile(world, person, random, trip), device: phone }
  if (trip !== null) return { link: trip.hotel, device }
  if (random.chance(parameters.elsewhereShare)) {
    return { link: world.link(random, random.pickZipf(life.city.country.providers), life.city), device }
  }
  if (person.workVpn !== null && random.chance(0.25)) return { link: person.workVpn, device }
  if (life.office !== null && random.chance(parameters.officeShare)) {
    return { link: life.office, device: life.devices.find(({ kind }) => kind === 'desktop') ?? device }
  }
  return { link: life.home, device }
}

function vpnExit(world: World, vpn: NonNullable<Person['vpn']>, random: Random): Link {
  if (!random.chance(world.parameters.vpnRandomExit)) return random.pick(vpn.exits)
  return world.link(random, vpn.provider, random.pick(random.pickZipf(world.countries).cities))
}

function mobile(world: World, { life }: Person, random: Random, trip: Trip | null): Link {
  if (trip === null || trip.isRoaming) return world.link(random, life.carrier, life.city)
  return world.link(random, random.pickZipf(trip.city.country.carriers), trip.city)
}

function travel(world: World, { life }: Person, random: Random, day: number): Trip {
  const isAbroad = random.chance(world.parameters.abroadShare)
  const country = isAbroad ? random.pickZipf(world.countries) : life.city.country
  const city = random.pick(country.cities)
  const untilDay = day + Math.ceil(random.lognormal(world.parameters.tripDays, 2))
  return {
    city,
    untilDay,
    hotel: world.link(random, random.pickZipf(country.providers), city),
    isRoaming: random.chance(0.6),
  }
}

/** What may happen on any day: another address at home, a move, a new device, another browser, cleared cookies. */
function changeLife(world: World, person: Person, random: Random): void {
  const { parameters } = world
  const daily = (perYear: number): boolean => random.chance(perYear / YEAR_DAYS)
  if (person.isDynamic && random.chance(1 / parameters.dynamicDays)) {
    const { home } = person.life
    person.life = { ...person.life, home: world.link(random, home.provider, home.city) }
  }
  if (daily(parameters.movesPerYear)) {
    const country = random.chance(0.3) ? random.pickZipf(world.countries) : person.life.city.country
    person.life = settle(world, random, random.pick(country.cities), person.life.devices)
  }
  const devices = person.life.devices.map((device) => {
    if (daily(parameters.newDevicesPerYear / 2)) return newDevice(random, device.kind)
    if (daily(parameters.browserChangesPerYear))
      return { ...newDevice(random, device.kind), kind: device.kind }
    return daily(parameters.cookieClearsPerYear) ? { ...device, id: newDeviceId() } : device
  })
  person.life = { ...person.life, devices }
}

/** Local hours: morning, noon and evening for most; some live at night, some change shifts each week. */
function timeOfDay(person: Person, random: Random, day: number, oddHourShare: number): number {
  if (random.chance(oddHourShare)) return random.between(0, 24)
  const spread = random.between(-1, 1) + random.between(-1, 1)
  const peaks = [person.morning, person.morning + 4.5, 20]
  if (person.rhythm === 'night') return 22.5 + random.between(0, 5) + spread
  const shift = person.rhythm === 'shifts' ? (Math.floor(day / 7) % 3) * 8 : 0
  return random.pick(peaks) + shift + spread
}

/** One's own mistakes, seldom many, and now and then somebody else's. */
function failuresBefore(world: World, random: Random): number {
  if (random.chance(world.parameters.attackedShare)) return random.whole(5, 40)
  if (!random.chance(0.1)) return 0
  return random.chance(0.05) ? random.whole(4, 9) : random.whole(1, 3)
}

function neighbours(random: Random): number {
  return random.chance(0.02) ? random.whole(3, 15) : random.whole(0, 1)
}

function poisson(random: Random, mean: number): number {
  let count = -1
  for (let time = 0; time < 1; time += random.wait(mean)) count += 1
  return count
}
