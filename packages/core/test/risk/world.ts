/** The simulated earth: countries, cities, providers, their networks, and the data file that knows them roughly. */
import type { Place } from '../../src/risk/attempt.ts'
import type { WorldParameters } from './parameters.ts'
import { createRandom, mixSeeds, type Random } from './random.ts'

export interface City {
  readonly country: Country
  readonly name: string
  readonly latitude: number
  readonly longitude: number
}

export interface Country {
  readonly code: string
  readonly cities: readonly City[]
  readonly providers: readonly Provider[]
  readonly carriers: readonly Provider[]
}

export interface Provider {
  readonly asn: number
  readonly isHosting: boolean
  /** Carriers put their customers behind the exits of the whole country. */
  readonly isMobile: boolean
}

/** Where somebody is connected: a network of a provider in a city. */
export interface Link {
  readonly provider: Provider
  readonly city: City
  readonly network: number
}

export interface World {
  readonly parameters: WorldParameters
  readonly countries: readonly Country[]
  readonly hosters: readonly Provider[]
  readonly vpns: readonly Provider[]
  link(random: Random, provider: Provider, city: City): Link
  address(random: Random, link: Link): string
  /** What the data file says about it: always the same for one network, and not always right. */
  lookUp(link: Link): Place
}

const NETWORKS_PER_PROVIDER = 16_384
const CITIES_MAX = 16

export function createWorld(parameters: WorldParameters, seed: number): World {
  const random = createRandom(mixSeeds(seed, 1))
  let asn = 1000
  const provider = (kind: Partial<Provider> = {}): Provider => ({
    asn: asn++,
    isHosting: false,
    isMobile: false,
    ...kind,
  })
  const many = <T>(count: number, make: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, index) => make(index))
  const countries = many(parameters.countries, (index): Country => {
    const centre = { latitude: random.between(-35, 62), longitude: random.between(-120, 150) }
    const cities: City[] = []
    const country: Country = {
      code: String.fromCharCode(65 + Math.floor(index / 26), 65 + (index % 26)),
      cities,
      providers: many(parameters.providersPerCountry, () => provider()),
      carriers: many(parameters.carriersPerCountry, () => provider({ isMobile: true })),
    }
    for (const number of many(parameters.citiesPerCountry, (one) => one)) {
      const latitude = centre.latitude + random.between(-4, 4)
      const longitude = centre.longitude + random.between(-5, 5)
      cities.push({ country, name: `${country.code}${number}`, latitude, longitude })
    }
    return country
  })
  const hosters = many(12, () => provider({ isHosting: true }))
  const vpns = many(5, () => provider({ isHosting: true }))
  return { parameters, countries, hosters, vpns, ...createNetworks(parameters, countries, seed) }
}

function createNetworks(
  parameters: WorldParameters,
  countries: readonly Country[],
  seed: number,
): Pick<World, 'link' | 'address' | 'lookUp'> {
  return {
    link: (random, provider, city) => {
      const cityNumber = city.country.cities.indexOf(city) % CITIES_MAX
      const within = random.whole(0, parameters.networksPerCity - 1)
      const exit = provider.isMobile || provider.isHosting ? 0 : cityNumber
      // A hoster has its machines in many countries; each of them is a part of its networks.
      const part = provider.isHosting ? countries.indexOf(city.country) * 200 : exit * 512
      return { provider, city, network: (part + within) % NETWORKS_PER_PROVIDER }
    },
    address: (random, { provider, network }) => {
      const number = (provider.asn - 1000) * NETWORKS_PER_PROVIDER + network
      return [1 + (number >> 16), (number >> 8) & 255, number & 255, random.whole(1, 254)].join('.')
    },
    lookUp: ({ provider, city, network }) => {
      const own = createRandom(mixSeeds(seed, provider.asn * NETWORKS_PER_PROVIDER + network))
      const country = own.chance(parameters.wrongCountryShare) ? own.pick(countries) : city.country
      const capital = country.cities[0] ?? city
      // Behind a carrier's exit there may be anybody in the country; files name the capital as often as not.
      const isVague = provider.isMobile || own.chance(parameters.wrongCityShare)
      const vague = provider.isMobile && own.chance(0.5) ? capital : own.pick(country.cities)
      const told = country !== city.country ? capital : isVague ? vague : city
      return {
        country: country.code,
        city: told.name,
        latitude: told.latitude + own.between(-0.2, 0.2),
        longitude: told.longitude + own.between(-0.2, 0.2),
        radiusKm: own.pick([5, 20, 50, 100, 200]),
        asn: own.chance(parameters.noProviderShare) ? null : provider.asn,
        provider: null,
        isHosting: provider.isHosting,
      }
    },
  }
}
