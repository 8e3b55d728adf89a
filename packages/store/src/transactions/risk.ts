/** Sign-ins that were refused for what they looked like, and the policy by which they are. */
import type { InputOf } from '../port.ts'
import { run, type Script } from '../script.ts'
import * as sql from '../statements/risk.ts'
import { writeAudit } from '../steps/audit.ts'
import { writeJudged } from '../steps/risk.ts'

export function* refuseJudged({ judged, audit }: InputOf<'refuseJudged'>): Script<void> {
  yield* writeJudged(judged)
  yield* writeAudit(audit)
}

export function* writeRiskPolicy({ policy, nowMs, audit }: InputOf<'writeRiskPolicy'>): Script<void> {
  yield* run(sql.writePolicy, policy, nowMs)
  yield* writeAudit(audit)
}
