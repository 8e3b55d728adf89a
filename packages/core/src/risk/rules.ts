/**
 * The rules, each by itself: how strongly it applies, from 0 to 1, and what it saw. None of them is proof; the
 * policy weighs them. Nothing is new to an account that has no history yet.
 */

import { tailOfHour } from './hours.ts'
import type { RuleName } from './policy.ts'
import { DAY_MS, lastMsIn, type Seen, trustIn } from './seen.ts'
import type { Sight } from './sight.ts'
import { surpriseOf } from './surprise.ts'

export interface Sighting {
  readonly grade: number
  readonly saw: string
}

export type Rule = (sight: Sight) => Sighting | null

/** Of the same provider: near, it is what dynamic addresses do; far, less so. */
const PROVIDER_KNOWN_NEAR = 0.2
const PROVIDER_KNOWN_FAR = 0.5
/** Where the data file does not know whose network it is: most new ones are harmless. */
const PROVIDER_UNTOLD = 0.7
/** A device that came back so often is trusted fully. */
const DEVICE_TRUST_FULL = 3
/** A network that it was used on so often is trusted fully. */
const NETWORK_TRUST_FULL = 2
/** What was used so often within a month is at home. */
const TRUST_AT_HOME = 10
/**
 * What speaks for a stranger’s device, each by itself: that new ones are seldom, that its kind of browser is not what
 * is used here, that this kind was used a moment ago. None of them makes another one stronger.
 */
const DEVICE_SIGNS = { novel: 0.6, foreign: 0.75, fresh: 0.3 } as const
/** All that a kind of browser can show that was never used here, where new devices never come. */
const DEVICE_SIGNS_MAX: number = 1 - (1 - DEVICE_SIGNS.novel) * (1 - DEVICE_SIGNS.foreign)
/** Where devices have cookies, most new ones are one's own; where they have none, a new kind of browser is all there is to see. */
const DEVICE_WITH_COOKIES = 0.64
/** After so long a kind of browser is as likely to come back on another device as not. */
const FRESH_DAYS_MAX = 60
/** Hours with less than this share of what the account does are unusual, and with the second one as unusual as can be. */
const HOUR_TAIL_MAX = 0.12
const HOUR_TAIL_LEAST = 0.003
/** So many sign-ins tell as good as nothing, and twice as many half as little. */
const HISTORY_LITTLE = 2
const HISTORY_GRADE_LEAST = 0.05
/** What is new in the first weeks of an account is at home, at work and on the way between, and seldom abroad. */
const HISTORY_ABROAD = 0.5
/** People mistype a few times; so many failures are somebody else's. */
const FAILURES = { from: 4, full: 15 } as const
/** Several people behind one address fail now and then, too. */
const NETWORK_ACCOUNTS = { from: 5, full: 50 } as const

export const rules: Readonly<Record<RuleName, Rule>> = {
  new_network: newNetwork,
  known_network: knownNetwork,
  new_country: newCountry,
  impossible_travel: impossibleTravel,
  new_device: newDevice,
  known_device: knownDevice,
  unusual_hours: unusualHours,
  recent_failures: recentFailures,
  breached_password: breachedPassword,
  automation,
  hosting_network: hostingNetwork,
  little_history: littleHistory,
}

function newNetwork({ profile, known, network, provider, isNear, attempt }: Sight): Sighting | null {
  if (profile.count === 0 || network === null || known.network) return null
  const surprise = surpriseOf(profile.novelty, 'network')
  if (provider === null || profile.providers.length === 0) {
    const saw = `The network ${network} has not been used with this account before.`
    // Without a data file it is the one sign of where somebody is.
    return { grade: (profile.providers.length === 0 ? 1 : PROVIDER_UNTOLD) * surprise, saw }
  }
  if (known.provider) {
    const foreign = strangenessIn(profile.providers, provider, attempt.atMs)
    const grade = Math.max(isNear === false ? PROVIDER_KNOWN_FAR : PROVIDER_KNOWN_NEAR * surprise, foreign)
    const where = isNear === false ? 'far from where it is used' : 'of a provider that it uses'
    return { grade, saw: `The network ${network} is new to this account, ${where}.` }
  }
  const saw = `The network ${network} and its provider ${provider} are new to this account.`
  // Whoever changes providers every day is told by the rules about devices: this one is as strong for everybody.
  return { grade: 1, saw }
}

/** At home, a new device is likely one's own. Exits of data centres are shared by strangers and excuse nobody. */
function knownNetwork({ profile, known, network, attempt }: Sight): Sighting | null {
  if (!known.network || network === null || attempt.place?.isHosting === true) return null
  const trust = trustIn(profile.networks, network, attempt.atMs)
  const saw = 'It comes from a network that this account was used on.'
  return { grade: -Math.min(1, trust / NETWORK_TRUST_FULL), saw }
}

function newCountry({ profile, known, country }: Sight): Sighting | null {
  if (country === null || profile.countries.length === 0 || known.country) return null
  const saw = `This account has not been used from ${country} before.`
  return { grade: surpriseOf(profile.novelty, 'country'), saw }
}

function impossibleTravel({ profile, travel }: Sight): Sighting | null {
  if (travel === null) return null
  const saw = `It is ${travel.km} km from the last sign-in ${travel.hours} hours before, farther than anybody travels.`
  return { grade: surpriseOf(profile.novelty, 'travel'), saw }
}

/** By what the device itself brings, and where that is not given out or thrown away each time, by its browser. */
function newDevice({ profile, known, agent, attempt }: Sight): Sighting | null {
  if (profile.count === 0 || known.device) return null
  const foreign = strangenessIn(profile.agents, agent.name, attempt.atMs)
  const fresh = known.agent ? freshnessIn(profile.agents, agent.name, attempt.atMs) : 0
  const what = !known.agent
    ? 'a kind of device new to this account'
    : fresh < 0.5
      ? 'another device than before'
      : 'another device than before, and one of its kind was used a short time ago'
  const saw = `It comes from ${what}: ${agent.name}.`
  if (profile.devices.length === 0) {
    return known.agent ? null : { grade: surpriseOf(profile.novelty, 'agent'), saw }
  }
  // A cookie that was cleared leaves the browser as it was; a stranger’s is seldom the one that is used most. And the
  // longer somebody was away, the more has changed meanwhile, whereas strangers come at any time.
  const novel = surpriseOf(profile.novelty, 'device')
  const innocent =
    (1 - DEVICE_SIGNS.novel * novel) * (1 - DEVICE_SIGNS.foreign * foreign) * (1 - DEVICE_SIGNS.fresh * fresh)
  return { grade: DEVICE_WITH_COOKIES * Math.min(1, (1 - innocent) / DEVICE_SIGNS_MAX), saw }
}

/** What only the device itself can bring takes points away: its owner travels with it. */
function knownDevice({ profile, known, attempt }: Sight): Sighting | null {
  if (!known.device || attempt.deviceId === null) return null
  const trust = trustIn(profile.devices, attempt.deviceId, attempt.atMs)
  return {
    grade: -Math.min(1, trust / DEVICE_TRUST_FULL),
    saw: 'It comes from a device that this account was used on.',
  }
}

function unusualHours({ profile, attempt }: Sight): Sighting | null {
  const tail = tailOfHour(profile.hours, attempt.atMs)
  if (tail === null || tail > HOUR_TAIL_MAX) return null
  const percent = Math.round(tail * 1000) / 10
  const grade = Math.min(1, Math.log(tail / HOUR_TAIL_MAX) / Math.log(HOUR_TAIL_LEAST / HOUR_TAIL_MAX))
  return { grade, saw: `Only ${percent} % of this account’s sign-ins come at hours as unusual as this.` }
}

/** Not for a known device: otherwise anybody could have the owner challenged by typing wrong passwords. */
function recentFailures({ known, attempt: { failures } }: Sight): Sighting | null {
  const grade = known.device ? 0 : between(failures, FAILURES)
  return grade === 0 ? null : { grade, saw: `${failures} wrong passwords were tried within the hour before.` }
}

function breachedPassword({ known, attempt }: Sight): Sighting | null {
  if (!attempt.isPasswordBreached || known.device) return null
  return { grade: 1, saw: 'The password is in a public list of stolen ones.' }
}

/** Accounts that programs use are signed in to by programs from the first time on. */
function automation({ profile, known, agent, attempt: { networkAccounts } }: Sight): Sighting | null {
  const spraying = known.device ? 0 : between(networkAccounts, NETWORK_ACCOUNTS) * (known.network ? 0.5 : 1)
  if (agent.isProgram && !known.agent && profile.count > 0)
    return { grade: 1, saw: 'It was sent by a program and not by a browser or an app.' }
  if (spraying === 0) return null
  const saw = `${networkAccounts} other accounts failed to sign in from the same network within the hour before.`
  return { grade: spraying, saw }
}

function hostingNetwork({ known, attempt: { place } }: Sight): Sighting | null {
  if (place?.isHosting !== true || known.network || known.provider) return null
  return { grade: 1, saw: 'The address belongs to a data centre and not to a provider for people.' }
}

/** After the first sign-ins of a life nearly everything is new, most of it one's own: the second device, the office. */
function littleHistory({ profile, known, country }: Sight): Sighting | null {
  const isAbroad = country !== null && profile.countries.length > 0 && !known.country
  const grade = Math.min(1, HISTORY_LITTLE / (1 + profile.count)) * (isAbroad ? HISTORY_ABROAD : 1)
  if (profile.count === 0 || known.device || grade < HISTORY_GRADE_LEAST) return null
  const times = profile.count === 1 ? 'once' : `${profile.count} times`
  return { grade: -grade, saw: `It was signed in to only ${times} before, so what is new says little.` }
}

/** 1 for what was never seen, 0 for what is used all the time: once seen, on a trip or by a borrowed computer, is not at home. */
function strangenessIn(list: readonly Seen[], key: string, atMs: number): number {
  const trust = trustIn(list, key, atMs)
  return Math.max(0, 1 - Math.log1p(trust) / Math.log1p(TRUST_AT_HOME))
}

/** 1 for what was used just now, falling to 0 with the logarithm of the days since. */
function freshnessIn(list: readonly Seen[], key: string, atMs: number): number {
  const days = Math.max(0, atMs - lastMsIn(list, key)) / DAY_MS
  return Math.max(0, 1 - Math.log1p(10 * days) / Math.log1p(10 * FRESH_DAYS_MAX))
}

/** 0 below `from`, 1 at `full` and above, even on the scale of the logarithm between. */
function between(value: number, { from, full }: { readonly from: number; readonly full: number }): number {
  if (value < from) return 0
  return Math.min(1, Math.max(0.1, Math.log(value / from) / Math.log(full / from)))
}
