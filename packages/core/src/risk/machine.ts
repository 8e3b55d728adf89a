/**
 * The same for programs: what an API key or a service account is used to, and what is unlike it. By default nothing
 * is stopped by it, since a false alarm would stop somebody's production: whoever watches is told.
 */
import type { Place } from './attempt.ts'
import { learnRate, NO_RATE, type Rate, tailOfBurst } from './burst.ts'
import { type Hours, learnHour, NO_HOURS, tailOfHour } from './hours.ts'
import { toNetwork } from './network.ts'
import {
  MACHINE_RULES,
  type MachineAction,
  type MachineRuleName,
  machineActionOf,
  type RiskPolicy,
} from './policy.ts'
import { isKnown, type Seen, see } from './seen.ts'
import { learnNovelty, NO_NOVELTY, type Novelty, surpriseOf } from './surprise.ts'

/** Requests that came together, as a verifier reports them. */
export interface MachineUse {
  readonly atMs: number
  readonly address: string | null
  readonly place: Place | null
  /** The program's name without its version; null where reports do not tell it. */
  readonly agent: string | null
  readonly count: number
}

export interface MachineProfile {
  /** Of this form; another one is not read but begun anew. */
  readonly version: 1
  /** How many uses it was learned from. */
  readonly count: number
  readonly networks: readonly Seen[]
  readonly providers: readonly Seen[]
  readonly agents: readonly Seen[]
  readonly hours: Hours
  readonly rate: Rate
  readonly novelty: Novelty
}

export const EMPTY_MACHINE_PROFILE: MachineProfile = {
  version: 1,
  count: 0,
  networks: [],
  providers: [],
  agents: [],
  hours: NO_HOURS,
  rate: NO_RATE,
  novelty: NO_NOVELTY,
}

export interface MachineFinding {
  readonly rule: MachineRuleName
  readonly points: number
  readonly saw: string
}

export interface MachineAssessment {
  readonly action: MachineAction
  readonly score: number
  readonly findings: readonly MachineFinding[]
}

const KEPT_MAX = { networks: 32, providers: 12, agents: 12 } as const
/** A key that was used for the first time has no habits. */
const USES_MIN = 10
const HOUR_TAIL_MAX = 0.025
/** With so many programs at work, what comes once in a million hours comes once in a while. */
const BURST_TAIL_MAX = 1e-6
const BURST_TAIL_LEAST = 1e-12
const PROVIDER_KNOWN = 0.4
const HOUR_MS = 3_600_000

export function evaluateUse(policy: RiskPolicy, profile: MachineProfile, use: MachineUse): MachineAssessment {
  const { weights } = policy.machines
  const findings: MachineFinding[] = []
  for (const rule of profile.count < USES_MIN ? [] : MACHINE_RULES) {
    const sighting = rules[rule](profile, use)
    const points = sighting === null ? 0 : Math.round(weights[rule] * sighting.grade)
    if (sighting !== null && points > 0) findings.push({ rule, points, saw: sighting.saw })
  }
  const score = findings.reduce((sum, { points }) => sum + points, 0)
  return { action: machineActionOf(policy, score), score, findings }
}

export function learnUse(profile: MachineProfile, use: MachineUse): MachineProfile {
  const { atMs, agent } = use
  const isNewHour = Math.floor(atMs / HOUR_MS) > Math.floor(profile.rate.hourMs / HOUR_MS)
  const network = toNetwork(use.address)
  return {
    version: 1,
    count: profile.count + 1,
    networks: see(profile.networks, network, atMs, KEPT_MAX.networks),
    providers: see(profile.providers, toProvider(use), atMs, KEPT_MAX.providers),
    agents: see(profile.agents, agent, atMs, KEPT_MAX.agents),
    // An hour counts once, however many reports it takes.
    hours: isNewHour ? learnHour(profile.hours, atMs) : profile.hours,
    rate: learnRate(profile.rate, atMs, use.count),
    novelty:
      profile.count === 0 ? profile.novelty : learnNovelty(profile.novelty, toNews(profile, use), atMs),
  }
}

/** Only what programs have. */
function toNews(profile: MachineProfile, use: MachineUse): Parameters<typeof learnNovelty>[1] {
  const { atMs, agent } = use
  const network = toNetwork(use.address)
  const provider = toProvider(use)
  return {
    network: network !== null && !isKnown(profile.networks, network, atMs),
    provider: provider !== null && !isKnown(profile.providers, provider, atMs),
    agent: agent !== null && !isKnown(profile.agents, agent, atMs),
    country: false,
    device: false,
    travel: false,
  }
}

type Rule = (
  profile: MachineProfile,
  use: MachineUse,
) => { readonly grade: number; readonly saw: string } | null

const rules: Readonly<Record<MachineRuleName, Rule>> = {
  new_network: (profile, use) => {
    const network = toNetwork(use.address)
    if (network === null || profile.networks.length === 0) return null
    if (isKnown(profile.networks, network, use.atMs)) return null
    const isProviderKnown = isKnown(profile.providers, toProvider(use), use.atMs)
    const saw = `The network ${network} is new to it${isProviderKnown ? ', of a provider that it uses' : ''}.`
    // To a program that is moved about every day, another network says little.
    return { grade: (isProviderKnown ? PROVIDER_KNOWN : 1) * surpriseOf(profile.novelty, 'network'), saw }
  },
  new_agent: (profile, { agent, atMs }) => {
    if (agent === null || profile.agents.length === 0 || isKnown(profile.agents, agent, atMs)) return null
    const saw = `It is used by a program that was not used with it before: ${AGENTS.get(agent) ?? agent}.`
    return { grade: surpriseOf(profile.novelty, 'agent'), saw }
  },
  unusual_hours: (profile, use) => {
    const tail = tailOfHour(profile.hours, use.atMs)
    if (tail === null || tail > HOUR_TAIL_MAX) return null
    return { grade: 1, saw: 'It is used at an hour of the week at which it is hardly ever used.' }
  },
  burst: (profile, use) => {
    const tail = tailOfBurst(profile.rate, use.atMs, use.count)
    if (tail === null || tail > BURST_TAIL_MAX) return null
    const share = Math.log(tail / BURST_TAIL_MAX) / Math.log(BURST_TAIL_LEAST / BURST_TAIL_MAX)
    const saw = `It makes far more requests within an hour than the ${Math.round(profile.rate.mean)} that are usual.`
    return { grade: Math.min(1, 0.5 + share / 2), saw }
  },
}

/** What `toProgramName` says where there is no name. */
const AGENTS: ReadonlyMap<string, string> = new Map([
  ['none', 'one that does not say its name'],
  ['other', 'one whose name is no word'],
  ['browser', 'a browser'],
])

function toProvider({ place }: MachineUse): string | null {
  return place === null || place.asn === null ? null : `AS${place.asn}`
}

/** As it was stored. Another form is none: it begins anew. */
export function toMachineProfile(stored: unknown): MachineProfile {
  return isMachineProfile(stored) ? stored : EMPTY_MACHINE_PROFILE
}

function isMachineProfile(value: unknown): value is MachineProfile {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1
}
