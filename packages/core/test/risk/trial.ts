/**
 * The rules against simulated people: every honest sign-in is judged and learned, in order; takeovers are judged
 * at random moments in between and not learned.
 */
import type { Attempt } from '../../src/risk/attempt.ts'
import { type Assessment, evaluate, weigh } from '../../src/risk/evaluate.ts'
import { type RiskAction, type RiskPolicy, RULES, type RuleName } from '../../src/risk/policy.ts'
import { EMPTY_PROFILE, learn } from '../../src/risk/profile.ts'
import { liveOn } from './days.ts'
import type { TakeoverKind, WorldParameters } from './parameters.ts'
import { createPerson, type Person } from './people.ts'
import { createRandom, mixSeeds, type Random } from './random.ts'
import { HARD_KINDS, type HardKind, takeOver } from './takeovers.ts'
import type { Share } from './wilson.ts'
import { createWorld, type World } from './world.ts'

export interface TrialOptions {
  readonly seed: number
  readonly accounts: number
  readonly parameters: WorldParameters
  readonly policy: RiskPolicy
  /** Devices get a cookie that names them. */
  readonly hasDeviceIds: boolean
  /** There is a data file that knows places and providers. */
  readonly hasPlaces: boolean
}

export interface Trial {
  /** Of honest sign-ins, those challenged (stepped up or blocked), notified, blocked. */
  readonly honest: { readonly challenged: Share; readonly notified: Share; readonly blocked: Share }
  /** Of the people, those who were challenged once or more. */
  readonly people: Share
  /** Of honest sign-ins of the first thirty days and of those after. */
  readonly early: Share
  readonly settled: Share
  readonly takeovers: Share
  readonly byKind: ReadonlyMap<TakeoverKind | HardKind, Share>
  /** For each rule, in how many takeovers and in how many honest sign-ins it saw something that adds points. */
  readonly byRule: ReadonlyMap<RuleName, RuleShares>
}

export interface RuleShares {
  /** Where it saw something that adds or takes points. */
  readonly takeovers: Share
  readonly honest: Share
  /** What is challenged by all other rules alone. */
  readonly takeoversWithout: Share
  readonly honestWithout: Share
}

const TAKEOVERS_PER_PERSON = 3
const EARLY_MS = 30 * 86_400_000

export function runTrial(options: TrialOptions): Trial {
  const world = createWorld(options.parameters, options.seed)
  const tally = createTally(options.policy)
  for (let account = 0; account < options.accounts; account += 1) {
    runPerson(world, options, tally, createRandom(mixSeeds(options.seed, 1000 + account)))
  }
  return tally.result()
}

function runPerson(world: World, options: TrialOptions, tally: Tally, random: Random): void {
  const person = createPerson(world, random)
  const ahead = createRandom(random.whole(0, 2 ** 31))
  const judge = (attempt: Attempt) => evaluate(options.policy, profile, attempt)
  const blind = (attempt: Attempt): Attempt => ({
    ...attempt,
    deviceId: options.hasDeviceIds ? attempt.deviceId : null,
    place: options.hasPlaces ? attempt.place : null,
  })
  let profile = EMPTY_PROFILE
  let firstMs: number | null = null
  const due = planTakeovers(world, person, ahead)
  for (const lived of liveOn(world, person, random)) {
    const attempt = blind(lived)
    while (profile.count > 0 && (due[0]?.afterSignIn ?? Number.POSITIVE_INFINITY) <= profile.count) {
      const kind = due.shift()?.kind
      // Between this sign-in and the one before, nearer to this one.
      if (kind !== undefined)
        tally.takeover(kind, judge(blind(takeOver(world, person, ahead, kind, attempt.atMs))))
    }
    firstMs ??= attempt.atMs
    tally.honest(judge(attempt), attempt.atMs - firstMs < EARLY_MS)
    profile = learn(profile, attempt)
  }
  tally.endPerson()
}

/** After which sign-in each comes; those that a life is too short for do not happen. */
function planTakeovers(world: World, person: Person, random: Random) {
  const expected = Math.max(2, person.signInsPerDay * world.parameters.months * 30)
  const kinds = Object.entries(world.parameters.takeovers) as [TakeoverKind, number][]
  const lots = kinds.flatMap(([kind, parts]) => Array<TakeoverKind>(parts).fill(kind))
  const drawn = Array.from({ length: TAKEOVERS_PER_PERSON }, () => random.pick(lots))
  return [...drawn, ...HARD_KINDS]
    .map((kind) => ({ kind, afterSignIn: random.whole(1, Math.floor(expected)) }))
    .sort((a, b) => a.afterSignIn - b.afterSignIn)
}

const isChallenge = (action: RiskAction): boolean => action === 'step_up' || action === 'block'

type Tally = ReturnType<typeof createTally>

function createTally(policy: RiskPolicy) {
  const lesser = RULES.map((rule) => ({
    rule,
    without: { ...policy, weights: { ...policy.weights, [rule]: 0 } },
  }))
  const counts = new Map<string, { hits: number; of: number }>()
  const count = (name: string, isHit: boolean): void => {
    const share = counts.get(name) ?? { hits: 0, of: 0 }
    counts.set(name, { hits: share.hits + (isHit ? 1 : 0), of: share.of + 1 })
  }
  const share = (name: string): Share => counts.get(name) ?? { hits: 0, of: 0 }
  const countRules = (who: string, { findings, grades }: Assessment): void => {
    for (const { rule, without } of lesser) {
      count(
        `${who} ${rule}`,
        findings.some((one) => one.rule === rule),
      )
      count(`${who} without ${rule}`, isChallenge(weigh(without, grades).action))
    }
  }
  const kinds = new Set<TakeoverKind | HardKind>()
  let wasChallenged = false
  return {
    honest: (assessment: Assessment, isEarly: boolean): void => {
      const isChallenged = isChallenge(assessment.action)
      count('challenged', isChallenged)
      count(isEarly ? 'early' : 'settled', isChallenged)
      count('notified', assessment.action === 'notify')
      count('blocked', assessment.action === 'block')
      countRules('honest', assessment)
      wasChallenged ||= isChallenged
    },
    takeover: (kind: TakeoverKind | HardKind, assessment: Assessment): void => {
      const isChallenged = isChallenge(assessment.action)
      kinds.add(kind)
      count(`kind ${kind}`, isChallenged)
      if (HARD_KINDS.some((hard) => hard === kind)) return
      count('takeovers', isChallenged)
      countRules('takeover', assessment)
    },
    endPerson: (): void => {
      count('people', wasChallenged)
      wasChallenged = false
    },
    result: (): Trial => ({
      honest: { challenged: share('challenged'), notified: share('notified'), blocked: share('blocked') },
      people: share('people'),
      early: share('early'),
      settled: share('settled'),
      takeovers: share('takeovers'),
      byKind: new Map([...kinds].sort().map((kind) => [kind, share(`kind ${kind}`)])),
      byRule: new Map(
        RULES.map((rule) => [
          rule,
          {
            takeovers: share(`takeover ${rule}`),
            honest: share(`honest ${rule}`),
            takeoversWithout: share(`takeover without ${rule}`),
            honestWithout: share(`honest without ${rule}`),
          },
        ]),
      ),
    }),
  }
}
