/** What a program's uses teach, tell and lead to: one transaction, and only on top of what was read. */
import type { AnswerOf, InputOf } from '../port.ts'
import { run, type Script } from '../script.ts'
import * as sql from '../statements/programs.ts'
import { writeAudit } from '../steps/audit.ts'
import { appendEntry } from '../steps/log.ts'
import { writeMails } from '../steps/mails.ts'

export function* writeProgram(draft: InputOf<'writeProgram'>): Script<AnswerOf<'writeProgram'>> {
  if (!(yield* writeMemory(draft))) return 'stale'
  for (const anomaly of draft.anomalies) yield* writeAudit(anomaly)
  yield* writeMails(draft.mails)
  const { subject, suspension } = draft
  if (suspension === null) return 'written'
  const { nowMs: atMs, entryExpiresAtMs: expiresAtMs, audit } = suspension
  if ((yield* run(sql.suspendApiKey, subject, atMs)) === 0) return 'written'
  yield* writeAudit(audit)
  // Verifiers ask about it once more; what was minted under it is dead.
  yield* appendEntry({ node: { kind: 'api_key', id: subject }, effect: 'rule', atMs, expiresAtMs })
  return 'written'
}

function* writeMemory(draft: InputOf<'writeProgram'>): Script<boolean> {
  const { subject, before, uses, memory, expiresAtMs } = draft
  const written =
    before === 0
      ? yield* run(sql.insertProgram, subject, uses, memory, expiresAtMs)
      : yield* run(sql.updateProgram, subject, uses, memory, expiresAtMs, before)
  return written > 0
}
