/** What an answer tells about limits: the `RateLimit` fields (draft -10) and `Retry-After` (RFC 9110 §10.2.3). */
import type { LimitPolicy, LimitVerdict } from '@countersign/verifier/guards'

/** What came of asking one limit or several. */
export interface Limited {
  readonly allowed: boolean
  /** The tightest of them: the one that refuses, or where least is left. */
  readonly policy: LimitPolicy
  readonly verdict: LimitVerdict
}

export function toLimitFields({ allowed, policy, verdict }: Limited): Readonly<Record<string, string>> {
  const fields = {
    ratelimit: `"${policy.name}";r=${verdict.remaining};t=${verdict.resetSeconds}`,
    'ratelimit-policy': `"${policy.name}";q=${policy.points};w=${policy.perSeconds}`,
  }
  return allowed ? fields : { ...fields, 'retry-after': String(Math.max(1, verdict.resetSeconds)) }
}

/** The one that a caller meets first. */
export function tightest(one: Limited | null, other: Limited): Limited {
  if (one === null) return other
  if (one.allowed !== other.allowed) return one.allowed ? other : one
  return other.verdict.remaining < one.verdict.remaining ? other : one
}
