/** One simulated person: where they live and work, what they sign in with, and when they usually do. */
import { type Browser, DESKTOPS, PHONES } from './agents.ts'
import type { WorldParameters } from './parameters.ts'
import type { Random } from './random.ts'
import type { City, Link, Provider, World } from './world.ts'

export interface Person {
  readonly signInsPerDay: number
  readonly rhythm: 'day' | 'night' | 'shifts'
  /** Middle of the busiest hour of the morning, local time. */
  readonly morning: number
  readonly isDynamic: boolean
  readonly keepsCookies: boolean
  readonly usesProgram: boolean
  readonly vpn: { readonly provider: Provider; readonly exits: readonly Link[] } | null
  readonly workVpn: Link | null
  /** What changes in the course of a life. */
  life: Life
}

export interface Life {
  readonly city: City
  readonly home: Link
  readonly carrier: Provider
  readonly office: Link | null
  readonly devices: readonly Device[]
}

export interface Device {
  readonly kind: 'laptop' | 'phone' | 'desktop'
  readonly browser: Browser
  /** A new one for each browser and for each time that the cookies were cleared. */
  readonly id: string
}

let made = 0

/** Unique in the process is enough: ids are compared and never sorted. */
export function newDeviceId(): string {
  made += 1
  return `d${made}`
}

export function createPerson(world: World, random: Random): Person {
  const { parameters } = world
  const city = random.pick(random.pickZipf(world.countries).cities)
  const rhythm = random.chance(parameters.shiftPeople)
    ? 'shifts'
    : random.chance(parameters.nightPeople)
      ? 'night'
      : 'day'
  return {
    signInsPerDay: Math.min(6, random.lognormal(parameters.signInsPerDay, parameters.signInsSpread)),
    rhythm,
    morning: random.between(6.5, 10.5),
    isDynamic: random.chance(parameters.dynamicShare),
    keepsCookies: !random.chance(parameters.privatePeople),
    usesProgram: random.chance(parameters.programPeople),
    vpn: createVpn(world, random, city),
    workVpn: random.chance(parameters.workVpnPeople) ? createWorkVpn(world, random, city) : null,
    life: settle(world, random, city, createDevices(parameters, random)),
  }
}

/** A home in this city, with all that belongs to it. */
export function settle(world: World, random: Random, city: City, devices: readonly Device[]): Life {
  const { providers, carriers } = city.country
  const office = random.chance(0.6) ? world.link(random, random.pickZipf(providers), city) : null
  const home = world.link(random, random.pickZipf(providers), city)
  return { city, home, carrier: random.pickZipf(carriers), office, devices }
}

function createDevices(parameters: WorldParameters, random: Random): readonly Device[] {
  const devices = [newDevice(random, 'laptop')]
  if (random.chance(0.85)) devices.push(newDevice(random, 'phone'))
  if (random.chance(parameters.officeShare)) devices.push(newDevice(random, 'desktop'))
  return devices
}

export function newDevice(random: Random, kind: Device['kind']): Device {
  return { kind, browser: random.pickZipf(kind === 'phone' ? PHONES : DESKTOPS), id: newDeviceId() }
}

function createVpn(world: World, random: Random, city: City): Person['vpn'] {
  if (!random.chance(world.parameters.vpnPeople)) return null
  const provider = random.pickZipf(world.vpns)
  const near = world.link(random, provider, random.pick(city.country.cities))
  const away = world.link(random, provider, random.pick(random.pickZipf(world.countries).cities))
  return { provider, exits: [near, near, away] }
}

function createWorkVpn(world: World, random: Random, city: City): Link {
  const country = random.chance(0.6) ? city.country : random.pickZipf(world.countries)
  return world.link(
    random,
    random.chance(0.5) ? random.pick(world.hosters) : random.pickZipf(country.providers),
    random.pick(country.cities),
  )
}
