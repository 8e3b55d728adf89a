/**
 * What simulated life is like. The rules and their weights were tuned on `TUNED`, `RESTLESS` and `SETTLED`;
 * the worlds in `HELD_OUT` were written down before and are only measured. None of these numbers is taken from real
 * people: docs/risk.md.
 */

export interface WorldParameters {
  readonly months: number
  readonly countries: number
  readonly citiesPerCountry: number
  readonly providersPerCountry: number
  readonly carriersPerCountry: number
  /** Median sign-ins of a person per day, and their spread. */
  readonly signInsPerDay: number
  readonly signInsSpread: number
  /** Homes whose network changes, and after how many days. */
  readonly dynamicShare: number
  readonly dynamicDays: number
  readonly networksPerCity: number
  /** Sign-ins over the mobile network, at work, from a café or a friend's. */
  readonly mobileShare: number
  readonly officeShare: number
  readonly elsewhereShare: number
  /** People with a VPN of their own, how often it is on, how often it leaves at a random place. */
  readonly vpnPeople: number
  readonly vpnUse: number
  readonly vpnRandomExit: number
  readonly workVpnPeople: number
  readonly tripsPerYear: number
  readonly abroadShare: number
  readonly tripDays: number
  /** Sign-ins on a trip from a computer that is not one's own. */
  readonly borrowedShare: number
  readonly movesPerYear: number
  readonly newDevicesPerYear: number
  readonly browserChangesPerYear: number
  readonly cookieClearsPerYear: number
  /** People who keep no cookies at all. */
  readonly privatePeople: number
  readonly shiftPeople: number
  readonly nightPeople: number
  /** Sign-ins at an hour that is no habit. */
  readonly oddHourShare: number
  readonly programPeople: number
  /** Sign-ins with somebody else's wrong passwords in the hour before. */
  readonly attackedShare: number
  /** Networks that the data file puts into another city, or another country, or knows no provider of. */
  readonly wrongCityShare: number
  readonly wrongCountryShare: number
  readonly noProviderShare: number
  /** How takeovers are made, in parts. */
  readonly takeovers: Readonly<Record<TakeoverKind, number>>
}

export type TakeoverKind =
  | 'stuffing'
  | 'foreign_proxy'
  | 'same_country'
  | 'at_night'
  | 'local_vpn'
  | 'guessing'

export const TUNED: WorldParameters = {
  months: 6,
  countries: 24,
  citiesPerCountry: 8,
  providersPerCountry: 6,
  carriersPerCountry: 3,
  signInsPerDay: 0.5,
  signInsSpread: 2,
  dynamicShare: 0.4,
  dynamicDays: 10,
  networksPerCity: 48,
  mobileShare: 0.25,
  officeShare: 0.25,
  elsewhereShare: 0.02,
  vpnPeople: 0.08,
  vpnUse: 0.4,
  vpnRandomExit: 0.15,
  workVpnPeople: 0.1,
  tripsPerYear: 3,
  abroadShare: 0.35,
  tripDays: 6,
  borrowedShare: 0.02,
  movesPerYear: 0.06,
  newDevicesPerYear: 0.6,
  browserChangesPerYear: 0.15,
  cookieClearsPerYear: 0.8,
  privatePeople: 0.04,
  shiftPeople: 0.08,
  nightPeople: 0.05,
  oddHourShare: 0.04,
  programPeople: 0.005,
  attackedShare: 0.004,
  wrongCityShare: 0.25,
  wrongCountryShare: 0.003,
  noProviderShare: 0.01,
  takeovers: { stuffing: 40, foreign_proxy: 20, same_country: 15, at_night: 5, local_vpn: 10, guessing: 10 },
}

/** People who move about more, and attackers who take more trouble. */
export const RESTLESS: WorldParameters = {
  ...TUNED,
  months: 8,
  countries: 40,
  citiesPerCountry: 5,
  providersPerCountry: 4,
  carriersPerCountry: 2,
  signInsPerDay: 0.35,
  signInsSpread: 2.5,
  dynamicShare: 0.6,
  dynamicDays: 4,
  networksPerCity: 120,
  mobileShare: 0.35,
  officeShare: 0.15,
  elsewhereShare: 0.04,
  vpnPeople: 0.14,
  vpnUse: 0.55,
  vpnRandomExit: 0.25,
  tripsPerYear: 6,
  abroadShare: 0.5,
  tripDays: 8,
  movesPerYear: 0.12,
  newDevicesPerYear: 0.9,
  browserChangesPerYear: 0.25,
  cookieClearsPerYear: 1.5,
  privatePeople: 0.06,
  shiftPeople: 0.12,
  oddHourShare: 0.07,
  wrongCityShare: 0.35,
  wrongCountryShare: 0.006,
  noProviderShare: 0.03,
  takeovers: { stuffing: 30, foreign_proxy: 20, same_country: 20, at_night: 5, local_vpn: 15, guessing: 10 },
}

/** An office product: people at desks, seldom away, few countries, large providers. */
export const SETTLED: WorldParameters = {
  ...TUNED,
  months: 5,
  countries: 10,
  citiesPerCountry: 12,
  providersPerCountry: 9,
  signInsPerDay: 0.9,
  signInsSpread: 1.6,
  dynamicShare: 0.25,
  dynamicDays: 20,
  networksPerCity: 24,
  mobileShare: 0.12,
  officeShare: 0.5,
  elsewhereShare: 0.01,
  vpnPeople: 0.04,
  workVpnPeople: 0.25,
  tripsPerYear: 1.5,
  abroadShare: 0.25,
  movesPerYear: 0.03,
  newDevicesPerYear: 0.35,
  cookieClearsPerYear: 0.4,
  privatePeople: 0.02,
  shiftPeople: 0.03,
  takeovers: { stuffing: 45, foreign_proxy: 15, same_country: 20, at_night: 5, local_vpn: 5, guessing: 10 },
}

/** Held out: written before the rules were changed for worlds like the restless one, and run when that was over. */
export const ROAMING: WorldParameters = {
  ...TUNED,
  months: 7,
  countries: 30,
  citiesPerCountry: 6,
  providersPerCountry: 5,
  signInsPerDay: 0.4,
  signInsSpread: 2.3,
  dynamicShare: 0.55,
  dynamicDays: 5,
  networksPerCity: 96,
  mobileShare: 0.32,
  officeShare: 0.2,
  elsewhereShare: 0.05,
  vpnPeople: 0.12,
  vpnUse: 0.5,
  vpnRandomExit: 0.3,
  workVpnPeople: 0.15,
  tripsPerYear: 5,
  abroadShare: 0.45,
  tripDays: 9,
  borrowedShare: 0.03,
  movesPerYear: 0.1,
  newDevicesPerYear: 1,
  browserChangesPerYear: 0.3,
  cookieClearsPerYear: 1.3,
  privatePeople: 0.05,
  shiftPeople: 0.15,
  oddHourShare: 0.06,
  wrongCityShare: 0.3,
  wrongCountryShare: 0.005,
  noProviderShare: 0.02,
  takeovers: { stuffing: 30, foreign_proxy: 20, same_country: 20, at_night: 5, local_vpn: 15, guessing: 10 },
}

/** The same, of people who stay where they are. */
export const QUIET: WorldParameters = {
  ...TUNED,
  countries: 14,
  citiesPerCountry: 10,
  providersPerCountry: 8,
  signInsPerDay: 0.7,
  signInsSpread: 1.8,
  dynamicShare: 0.3,
  dynamicDays: 15,
  networksPerCity: 32,
  mobileShare: 0.18,
  officeShare: 0.4,
  vpnPeople: 0.05,
  workVpnPeople: 0.2,
  tripsPerYear: 2,
  abroadShare: 0.3,
  newDevicesPerYear: 0.45,
  cookieClearsPerYear: 0.5,
  privatePeople: 0.03,
  shiftPeople: 0.05,
  takeovers: { stuffing: 45, foreign_proxy: 15, same_country: 20, at_night: 5, local_vpn: 5, guessing: 10 },
}

/** Held out as well: few sign-ins, long absences, and people who live on their phones. */
const SELDOM: WorldParameters = {
  ...TUNED,
  months: 10,
  countries: 20,
  citiesPerCountry: 9,
  providersPerCountry: 7,
  signInsPerDay: 0.2,
  signInsSpread: 2.6,
  dynamicShare: 0.45,
  dynamicDays: 7,
  networksPerCity: 64,
  mobileShare: 0.45,
  officeShare: 0.1,
  elsewhereShare: 0.03,
  vpnPeople: 0.06,
  tripsPerYear: 3.5,
  abroadShare: 0.4,
  newDevicesPerYear: 0.7,
  cookieClearsPerYear: 0.9,
  takeovers: { stuffing: 35, foreign_proxy: 25, same_country: 15, at_night: 5, local_vpn: 10, guessing: 10 },
}

/** Held out: students in shared homes, of whom many browse privately, work odd hours and move. */
const UNSETTLED: WorldParameters = {
  ...TUNED,
  months: 6,
  countries: 16,
  citiesPerCountry: 7,
  providersPerCountry: 5,
  carriersPerCountry: 4,
  signInsPerDay: 0.8,
  signInsSpread: 2.1,
  dynamicShare: 0.5,
  dynamicDays: 8,
  networksPerCity: 80,
  mobileShare: 0.3,
  officeShare: 0.35,
  elsewhereShare: 0.06,
  vpnPeople: 0.18,
  vpnUse: 0.35,
  vpnRandomExit: 0.2,
  tripsPerYear: 4,
  movesPerYear: 0.4,
  newDevicesPerYear: 0.8,
  cookieClearsPerYear: 1,
  privatePeople: 0.09,
  nightPeople: 0.12,
  oddHourShare: 0.09,
  wrongCityShare: 0.28,
  takeovers: { stuffing: 35, foreign_proxy: 15, same_country: 20, at_night: 8, local_vpn: 12, guessing: 10 },
}

export const HELD_OUT: Readonly<Record<string, WorldParameters>> = {
  roaming: ROAMING,
  quiet: QUIET,
  seldom: SELDOM,
  unsettled: UNSETTLED,
}

export const WORLDS: Readonly<Record<string, WorldParameters>> = {
  tuned: TUNED,
  restless: RESTLESS,
  settled: SETTLED,
  ...HELD_OUT,
}
