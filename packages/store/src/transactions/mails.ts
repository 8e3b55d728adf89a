/** Taking messages out of the outbox, and writing down what came of it. */

import { toClaimedMail } from '../mail-rows.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { all, run, type Script } from '../script.ts'
import * as sql from '../statements/mails.ts'
import { writeAudit } from '../steps/audit.ts'

export function* claimMails(input: InputOf<'claimMails'>): Script<AnswerOf<'claimMails'>> {
  return (yield* all(sql.claimMails, input.nowMs, input.leasedUntilMs, input.limit)).map(toClaimedMail)
}

export function* settleMail(input: InputOf<'settleMail'>): Script<AnswerOf<'settleMail'>> {
  const { id, attempt, nowMs, settlement } = input
  switch (settlement.kind) {
    case 'sent':
      return (yield* run(sql.endMail, id, attempt, nowMs, nowMs, null, null)) === 1
    case 'later':
      return (yield* run(sql.postponeMail, id, attempt, settlement.atMs, settlement.reason)) === 1
    case 'failed': {
      const ended = yield* run(sql.endMail, id, attempt, nowMs, null, nowMs, settlement.reason)
      if (ended === 1) yield* writeAudit(settlement.audit)
      return ended === 1
    }
  }
}
