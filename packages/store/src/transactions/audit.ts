/** Audit events without a change beside them, and the chain that events are linked into. */
import type { AuditEvent, AuditStore } from '@countersign/core'
import type { AnswerOf, InputOf } from '../port.ts'
import { Rollback, run, type Script, type Value } from '../script.ts'
import * as sql from '../statements/audit.ts'
import { writeAudit } from '../steps/audit.ts'

export function* appendAudit(input: { events: readonly AuditEvent[] }): Script<void> {
  for (const event of input.events) yield* writeAudit(event)
}

/** Each row as `toAuditValues` makes it. */
interface Gathered {
  readonly rows: readonly (readonly Value[])[]
  readonly chain: Parameters<AuditStore['appendGathered']>[1]
}

export function* appendGathered({ rows, chain }: Gathered): Script<AnswerOf<'appendGathered'>> {
  if (chain !== null && (yield* moveEnd(chain))) {
    for (const [index, row] of rows.entries()) {
      const { position, hash } = chain.links[index] ?? {}
      if (position === undefined || hash === undefined) throw new Error('An event has no link.')
      const inserted = yield* run(sql.insertLinkedAuditEvent, ...row, position, hash)
      // It was written before, and may be linked: its link here would be a hole in the chain for ever.
      if (inserted === 0) throw new Rollback('repeated')
    }
    return 'linked'
  }
  for (const row of rows) yield* run(sql.insertGatheredAuditEvent, ...row)
  return 'unlinked'
}

export function* takeChainLease(input: {
  holder: string
  nowMs: number
  untilMs: number
}): Script<AnswerOf<'takeChainLease'>> {
  return (yield* run(sql.takeChainLease, input.holder, input.nowMs, input.untilMs)) === 1
}

export function* appendLinks(input: InputOf<'appendLinks'>): Script<AnswerOf<'appendLinks'>> {
  const { links } = input
  if (links.length === 0) return true
  if (!(yield* moveEnd(input))) return false
  for (const link of links) {
    const linked = yield* run(sql.chainAuditEvent, link.event, link.position, link.hash)
    // Missing or linked before: a hole in the chain would be there for ever.
    if (linked === 0) throw new Rollback(false)
  }
  return true
}

interface Move {
  readonly holder: string
  readonly nowMs: number
  readonly afterPosition: number
  readonly links: readonly { readonly position: number; readonly hash: string }[]
}

/** False where somebody else holds the chain by now, or has appended to it. */
function* moveEnd({ holder, nowMs, afterPosition, links }: Move): Script<boolean> {
  const isDense = links.every((link, index) => link.position === afterPosition + 1 + index)
  const last = links.at(-1)
  if (!isDense || last === undefined) throw new Error('The links of the audit chain must follow one another.')
  return (yield* run(sql.moveChainEnd, holder, nowMs, afterPosition, last.position, last.hash)) === 1
}
