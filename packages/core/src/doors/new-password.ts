/**
 * Accepting a password that somebody wants to set, wherever one is set: the rules, how easy it is to guess, and
 * whether it has leaked (NIST SP 800-63B-4 §3.1.1.2, ASVS 6.2.12). Writes nothing.
 */
import type { Secret } from '@countersign/protocol'
import type { AuditDetails } from '../audit/event.ts'
import type { Context, RequestFacts } from '../context.ts'
import { type Outcome, refuse } from '../outcome.ts'
import { toWords } from '../passwords/context.ts'
import {
  checkNewPassword,
  normalizePassword,
  type PasswordCheck,
  type PasswordRefusal,
} from '../passwords/policy.ts'
import type { PasswordEstimate, PasswordHint } from '../ports.ts'

/** What everybody knows about the owner. */
export interface PasswordOwner {
  readonly email: string
  readonly name: string | null
}

export interface AcceptedPassword {
  /** What to hash. */
  readonly normalized: Secret
  /** `unknown`: the collection of leaked ones gave no answer. `unasked`: there is none to ask. */
  readonly breach: 'clear' | 'unknown' | 'unasked'
}

export async function acceptNewPassword(
  context: Context,
  password: Secret,
  owner: PasswordOwner,
): Promise<Outcome<AcceptedPassword>> {
  const checked = checkRules(context, password, owner)
  if (!checked.ok) return refuse(checked.code)
  const { normalized } = checked
  if (context.policy.passwordScoreMin > 0) {
    const estimate = await context.passwordEstimator.estimate(normalized, wordsOf(context, owner))
    // The policy demands a score, and there is none: nobody may be let past it by keeping the estimator busy.
    if (estimate === null) return refuse('password_check_unavailable')
    if (estimate.score < context.policy.passwordScoreMin) return refuse('password_too_guessable')
  }
  if (context.breachedPasswords === null) return { ok: true, normalized, breach: 'unasked' }
  const breach = await context.breachedPasswords.find(normalized)
  if (breach === 'breached') return refuse('password_breached')
  if (breach === 'unknown' && context.policy.breachUnknown === 'refuse') {
    return refuse('password_check_unavailable')
  }
  return { ok: true, normalized, breach }
}

/** For the audit event of whatever sets the password: that it was taken without having been looked up. */
export function breachDetails({ breach }: Pick<AcceptedPassword, 'breach'>): AuditDetails {
  return breach === 'unknown' ? { breach_check: 'unknown' } : {}
}

/** When it was looked up and not found; null where nobody could say, so that it is looked up again. */
export function checkedAtMs(
  { breach }: Pick<AcceptedPassword, 'breach'>,
  facts: RequestFacts,
): number | null {
  return breach === 'clear' ? facts.nowMs : null
}

export interface PasswordAdvice {
  /** Why it would be refused, as far as can be told without asking anybody else. */
  readonly refusal: PasswordRefusal | 'password_too_guessable' | null
  /** Null where the estimator had no answer in time. */
  readonly score: PasswordEstimate['score'] | null
  readonly hints: readonly PasswordHint[]
}

/**
 * Advice while somebody types. The collection of leaked passwords is not asked: every half-typed one would go
 * there too.
 */
export async function advisePassword(
  context: Context,
  password: Secret,
  owner: PasswordOwner,
): Promise<PasswordAdvice> {
  const checked = checkRules(context, password, owner)
  const estimate = await context.passwordEstimator.estimate(
    normalizePassword(password),
    wordsOf(context, owner),
  )
  const { score = null, hints = [] } = estimate ?? {}
  if (!checked.ok) return { refusal: checked.code, score, hints }
  const isTooGuessable = score !== null && score < context.policy.passwordScoreMin
  return { refusal: isTooGuessable ? 'password_too_guessable' : null, score, hints }
}

function checkRules(
  { policy, commonPasswords }: Context,
  password: Secret,
  owner: PasswordOwner,
): PasswordCheck {
  const rules = { lengthMin: policy.passwordLengthMin }
  return checkNewPassword(password, { ...owner, words: policy.contextWords }, rules, commonPasswords)
}

const wordsOf = ({ policy }: Context, owner: PasswordOwner): readonly string[] =>
  toWords({ ...owner, words: policy.contextWords })
