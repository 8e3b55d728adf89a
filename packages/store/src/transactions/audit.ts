/** Audit events without a change beside them, and the chain that events are linked into. */
import type { AuditEvent } from '@countersign/core'
import type { AnswerOf, InputOf } from '../port.ts'
import { Rollback, run, type Script, type Value } from '../script.ts'
import * as sql from '../statements/audit.ts'
import { writeAudit } from '../steps/audit.ts'

export function* appendAudit(input: { events: readonly AuditEvent[] }): Script<void> {
  for (const event of input.events) yield* writeAudit(event)
}

/** Each row as `toAuditValues` makes it. */
export function* appendGathered(input: { rows: readonly (readonly Value[])[] }): Script<void> {
  for (const row of input.rows) yield* run(sql.insertGatheredAuditEvent, ...row)
}

export function* takeChainLease(input: {
  holder: string
  nowMs: number
  untilMs: number
}): Script<AnswerOf<'takeChainLease'>> {
  return (yield* run(sql.takeChainLease, input.holder, input.nowMs, input.untilMs)) === 1
}

export function* appendLinks(input: InputOf<'appendLinks'>): Script<AnswerOf<'appendLinks'>> {
  const { holder, nowMs, afterPosition, links } = input
  const last = links.at(-1)
  if (last === undefined) return true
  const isDense = links.every((link, index) => link.position === afterPosition + 1 + index)
  if (!isDense) throw new Error('The links of the audit chain must follow one another.')
  const { position, hash } = last
  const moved = yield* run(sql.moveChainEnd, holder, nowMs, afterPosition, position, hash)
  if (moved === 0) return false
  for (const link of links) {
    const linked = yield* run(sql.chainAuditEvent, link.event, link.position, link.hash)
    // Missing or linked before: a hole in the chain would be there for ever.
    if (linked === 0) throw new Rollback(false)
  }
  return true
}
