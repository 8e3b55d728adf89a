/**
 * The levels that the settings demand, as the audit log has them: written where a server starts with others than the last
 * one. What was raised stands in the revocation log as well, so that verifiers ask anew (ADR 0037).
 */
import { SYSTEM } from '../caller.ts'
import { type Context, entryExpiry, type RequestFacts } from '../context.ts'
import { makeAudit } from '../make.ts'

export async function recordAssurance(context: Context, facts: RequestFacts): Promise<void> {
  const { assurance, issuer } = context.policy
  const { everyone, roles } = assurance
  const listed = Object.entries(roles).map(([role, level]) => `${role}=${level}`)
  const recorded = await context.store.recordAssurance({
    assurance,
    issuer,
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'assurance.changed',
      actor: SYSTEM,
      details: { everyone: everyone ?? 'off', roles: listed.sort().join(' ') },
    }),
  })
  if (recorded === 'recorded') await context.feed.catchUp()
}
