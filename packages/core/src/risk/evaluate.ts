/** The judgement about one sign-in: what the rules saw, the sum of their points, and what follows by the policy. */
import type { Attempt } from './attempt.ts'
import { actionOf, type RiskAction, type RiskPolicy, RULES, type RuleName } from './policy.ts'
import type { Profile } from './profile.ts'
import { rules } from './rules.ts'
import { toSight } from './sight.ts'

export interface Finding {
  readonly rule: RuleName
  readonly points: number
  /** One plain sentence about what was seen, for whoever may read the audit log. */
  readonly saw: string
}

export interface Assessment {
  readonly action: RiskAction
  readonly score: number
  /** In the order of `RULES`. */
  readonly findings: readonly Finding[]
}

export function evaluate(policy: RiskPolicy, profile: Profile, attempt: Attempt): Assessment {
  const sight = toSight(profile, attempt)
  const findings: Finding[] = []
  for (const rule of RULES) {
    const weight = policy.weights[rule]
    const sighting = weight === 0 ? null : rules[rule](sight)
    const points = sighting === null ? 0 : Math.round(weight * sighting.grade)
    if (sighting !== null && points !== 0) findings.push({ rule, points, saw: sighting.saw })
  }
  const score = Math.max(
    0,
    findings.reduce((sum, { points }) => sum + points, 0),
  )
  return { action: actionOf(policy, score), score, findings }
}
