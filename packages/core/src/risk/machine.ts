/**
 * The same for programs: what an API key or a service account is used to, and what is unlike it. Nothing is
 * stopped by it, since a false alarm would stop somebody's production: whoever watches is told.
 */
import { toAgent } from './agent.ts'
import type { Place } from './attempt.ts'
import { learnRate, NO_RATE, type Rate, tailOfBurst } from './burst.ts'
import { type Hours, learnHour, NO_HOURS, tailOfHour } from './hours.ts'
import { toNetwork } from './network.ts'
import { MACHINE_RULES, type MachineRuleName, type RiskPolicy } from './policy.ts'
import { isKnown, type Seen, see } from './seen.ts'

/** Requests that came together, as a verifier reports them. */
export interface MachineUse {
  readonly atMs: number
  readonly address: string | null
  readonly place: Place | null
  /** Null where reports do not tell it. */
  readonly userAgent: string | null
  readonly count: number
}

export interface MachineProfile {
  readonly version: 1
  readonly count: number
  readonly networks: readonly Seen[]
  readonly providers: readonly Seen[]
  readonly agents: readonly Seen[]
  readonly hours: Hours
  readonly rate: Rate
}

export const EMPTY_MACHINE_PROFILE: MachineProfile = {
  version: 1,
  count: 0,
  networks: [],
  providers: [],
  agents: [],
  hours: NO_HOURS,
  rate: NO_RATE,
}

export interface MachineFinding {
  readonly rule: MachineRuleName
  readonly points: number
  readonly saw: string
}

export interface MachineAssessment {
  readonly action: 'allow' | 'notify'
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
  const { weights, notifyAt } = policy.machines
  const findings: MachineFinding[] = []
  for (const rule of profile.count < USES_MIN ? [] : MACHINE_RULES) {
    const sighting = rules[rule](profile, use)
    const points = sighting === null ? 0 : Math.round(weights[rule] * sighting.grade)
    if (sighting !== null && points > 0) findings.push({ rule, points, saw: sighting.saw })
  }
  const score = findings.reduce((sum, { points }) => sum + points, 0)
  return { action: score >= notifyAt ? 'notify' : 'allow', score, findings }
}

export function learnUse(profile: MachineProfile, use: MachineUse): MachineProfile {
  const { atMs } = use
  const isNewHour = Math.floor(atMs / HOUR_MS) > Math.floor(profile.rate.hourMs / HOUR_MS)
  const agent = use.userAgent === null ? null : toProgram(use.userAgent)
  return {
    version: 1,
    count: profile.count + 1,
    networks: see(profile.networks, toNetwork(use.address), atMs, KEPT_MAX.networks),
    providers: see(profile.providers, toProvider(use), atMs, KEPT_MAX.providers),
    agents: see(profile.agents, agent, atMs, KEPT_MAX.agents),
    // An hour counts once, however many reports it takes.
    hours: isNewHour ? learnHour(profile.hours, atMs) : profile.hours,
    rate: learnRate(profile.rate, atMs, use.count),
  }
}

type Rule = (
  profile: MachineProfile,
  use: MachineUse,
) => { readonly grade: number; readonly saw: string } | null

const rules: Readonly<Record<MachineRuleName, Rule>> = {
  new_network: (profile, use) => {
    const network = toNetwork(use.address)
    if (network === null || isKnown(profile.networks, network, use.atMs)) return null
    const isProviderKnown = isKnown(profile.providers, toProvider(use), use.atMs)
    const saw = `The network ${network} is new to it${isProviderKnown ? ', of a provider that it uses' : ''}.`
    return { grade: isProviderKnown ? PROVIDER_KNOWN : 1, saw }
  },
  new_agent: (profile, use) => {
    if (use.userAgent === null || profile.agents.length === 0) return null
    if (isKnown(profile.agents, toProgram(use.userAgent), use.atMs)) return null
    return { grade: 1, saw: 'It is used by another program than before.' }
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

function toProvider({ place }: MachineUse): string | null {
  return place === null || place.asn === null ? null : `AS${place.asn}`
}

/** By its first word, without the version: programs name themselves and seldom a system. */
function toProgram(userAgent: string): string {
  const word = /^[A-Za-z][\w.-]{0,39}/.exec(userAgent)?.[0].toLowerCase()
  return word === undefined || word === 'mozilla' ? toAgent(userAgent).name : word
}
