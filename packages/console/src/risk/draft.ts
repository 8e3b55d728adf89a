/** What is asked of a policy before the authority is. */
import type { RiskPolicyShape } from '@countersign/protocol'

/** At this sum nothing follows any more: no rules together reach it. */
export const THRESHOLD_MAX = 1000
export const WEIGHT_MAX = 100
/** Points of one bar, as the authority counts them. */
export const SCORE_STEP = 5

export function isDescending({ notify_at, step_up_at, block_at, machines }: RiskPolicyShape): boolean {
  const { suspend_at = THRESHOLD_MAX } = machines
  return notify_at > step_up_at || step_up_at > block_at || machines.notify_at > suspend_at
}

export const isSame = (one: RiskPolicyShape, other: RiskPolicyShape): boolean =>
  JSON.stringify(one) === JSON.stringify(other)

export type Follows = 'allow' | 'notify' | 'step_up' | 'block'

/** What follows from a sum. */
export function actionOf({ notify_at, step_up_at, block_at }: RiskPolicyShape, score: number): Follows {
  if (score >= block_at) return 'block'
  if (score >= step_up_at) return 'step_up'
  return score >= notify_at ? 'notify' : 'allow'
}
