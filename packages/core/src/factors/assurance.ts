/**
 * Assurance levels that a policy demands (NIST SP 800-63B-4 §2): for everybody, for the holders of roles, and for an
 * application. The highest of them counts, for what has to be proved and for how long a session may live on it.
 */
import {
  AAL3,
  type Acr,
  type AssuranceLevel,
  assuranceLevels,
  type RoleId,
  toAcr,
} from '@countersign/protocol'
import type { FactorWay } from './factor.ts'

export interface AssurancePolicy {
  readonly everyone: AssuranceLevel | null
  readonly roles: Readonly<Record<RoleId, AssuranceLevel>>
}

export function levelFor(
  { everyone, roles: byRole }: AssurancePolicy,
  roles: readonly RoleId[],
  asked: AssuranceLevel | null,
): AssuranceLevel | null {
  const demanded = [everyone, asked, ...roles.map((role) => byRole[role])]
  return assuranceLevels.findLast((level) => demanded.includes(level)) ?? null
}

/**
 * AAL2 is two factors (§2.2.1). AAL3 is two of which one is a key that pages in disguise get nothing from and that
 * cannot be copied to another device (§2.3.1), as far as the device itself says so.
 */
export function meets(level: AssuranceLevel | null, amr: readonly string[]): boolean {
  if (level === null || level === 'aal1') return true
  return amr.includes('mfa') && (level === 'aal2' || amr.includes('hwk'))
}

/** AAL3 is claimed where it is demanded: elsewhere nobody has said that a device's own word is enough. */
export const acrAt = (level: AssuranceLevel | null, amr: readonly string[]): Acr =>
  level === 'aal3' && meets(level, amr) ? AAL3 : toAcr(amr)

const DAY_SECONDS = 86_400

/** §2.1.3, §2.2.3 and §2.3.3: after which time, and after which time without use, one has to prove oneself again. */
const limits: Readonly<Record<AssuranceLevel, { idleSeconds: number; lifetimeSeconds: number }>> = {
  aal1: { idleSeconds: 30 * DAY_SECONDS, lifetimeSeconds: 30 * DAY_SECONDS },
  aal2: { idleSeconds: 3600, lifetimeSeconds: DAY_SECONDS },
  aal3: { idleSeconds: 900, lifetimeSeconds: DAY_SECONDS / 2 },
}

export interface SessionTimes {
  readonly idleSeconds: number
  readonly lifetimeSeconds: number
}

/** A setting may be stricter than the level, and never laxer. */
export function within(level: AssuranceLevel | null, times: SessionTimes): SessionTimes {
  if (level === null) return times
  const { idleSeconds, lifetimeSeconds } = limits[level]
  return {
    idleSeconds: Math.min(times.idleSeconds, idleSeconds),
    lifetimeSeconds: Math.min(times.lifetimeSeconds, lifetimeSeconds),
  }
}

/** Whether the second demands more, or ends sooner, than the first. */
export const isRaised = (from: AssuranceLevel | null, to: AssuranceLevel | null): boolean =>
  to !== null && (from === null || assuranceLevels.indexOf(to) > assuranceLevels.indexOf(from))

/** Whose level is higher than before: everybody's, or that of these roles. */
export function raisedBy(before: AssurancePolicy, after: AssurancePolicy): 'everyone' | readonly RoleId[] {
  if (isRaised(before.everyone, after.everyone)) return 'everyone'
  return Object.entries(after.roles)
    .filter(([role, level]) => isRaised(before.roles[role] ?? null, level))
    .map(([role]) => role)
    .sort()
}

/** The times of a session; all that is needed to cut them. */
interface Timed {
  readonly expiresAtMs: number
  readonly idleSeconds: number
  readonly idleExpiresAtMs: number
}

/** A session that was opened under a laxer policy, with no more time than the level leaves it; never with more. */
export function cutTo<T extends Timed>(
  level: AssuranceLevel | null,
  session: T,
  provedAtMs: number,
  usedAtMs: number,
): T {
  if (level === null) return session
  const { idleSeconds, lifetimeSeconds } = limits[level]
  const expiresAtMs = Math.min(session.expiresAtMs, provedAtMs + lifetimeSeconds * 1000)
  return {
    ...session,
    expiresAtMs,
    idleSeconds: Math.min(session.idleSeconds, idleSeconds),
    idleExpiresAtMs: Math.min(session.idleExpiresAtMs, usedAtMs + idleSeconds * 1000, expiresAtMs),
  }
}

/** Whether a proof of that age still counts for an application that demands the level. */
export const isRecentAt = (level: AssuranceLevel | null, ageMs: number): boolean =>
  level === null || ageMs < limits[level].lifetimeSeconds * 1000

/**
 * At AAL3 whoever has a passkey is asked for it and for nothing else: what is typed can be typed into a page in
 * disguise. Whoever has none is asked for what there is, and then has to make one.
 */
export function waysAt(level: AssuranceLevel | null, ways: readonly FactorWay[]): readonly FactorWay[] {
  if (level !== 'aal3') return ways
  return ways.filter((way) => (ways.includes('passkey') ? way === 'passkey' : way !== 'recovery_code'))
}
