/**
 * The judgement about one sign-in: what the rules saw, the sum of their points, and what follows by the policy. The
 * two halves are apart, so that another policy can be held against what was seen back then.
 */
import type { Attempt } from './attempt.ts'
import { actionOf, type RiskAction, type RiskPolicy, RULES, type RuleName } from './policy.ts'
import type { Profile } from './profile.ts'
import { rules, type Sighting } from './rules.ts'
import { toSight } from './sight.ts'

/** How strongly each rule applied, from -1 to 1; rules that saw nothing are left out. */
export type Grades = Readonly<Partial<Record<RuleName, number>>>

export interface Finding {
  readonly rule: RuleName
  readonly points: number
  /** One plain sentence about what was seen, for whoever may read the audit log. */
  readonly saw: string
}

export interface Assessment {
  readonly action: RiskAction
  readonly score: number
  /** In the order of `RULES`, without those that added nothing. */
  readonly findings: readonly Finding[]
  readonly grades: Grades
}

export function evaluate(policy: RiskPolicy, profile: Profile, attempt: Attempt): Assessment {
  const sight = toSight(profile, attempt)
  const sightings = new Map<RuleName, Sighting>()
  for (const rule of RULES) {
    const sighting = rules[rule](sight)
    if (sighting !== null)
      sightings.set(rule, { ...sighting, grade: Math.round(sighting.grade * 1000) / 1000 })
  }
  const grades: Grades = Object.fromEntries([...sightings].map(([rule, { grade }]) => [rule, grade]))
  const findings = RULES.flatMap((rule) => {
    const points = pointsOf(policy, grades, rule)
    return points === 0 ? [] : [{ rule, points, saw: sightings.get(rule)?.saw ?? '' }]
  })
  return { ...weigh(policy, grades), findings, grades }
}

/** The same with what was seen at an earlier time. */
export function weigh(
  policy: RiskPolicy,
  grades: Grades,
): { readonly action: RiskAction; readonly score: number } {
  const sum = RULES.reduce((total, rule) => total + pointsOf(policy, grades, rule), 0)
  const score = Math.max(0, sum)
  return { action: actionOf(policy, score), score }
}

function pointsOf(policy: RiskPolicy, grades: Grades, rule: RuleName): number {
  return Math.round(policy.weights[rule] * (grades[rule] ?? 0))
}
