/** Writing how a sign-in was judged and what is learned from it, beside the session or the ticket that it led to. */
import type { JudgedDraft, LearnedDraft } from '@countersign/core'
import type { AccountId } from '@countersign/protocol'
import { run, type Script } from '../script.ts'
import { deleteProgramsOf } from '../statements/programs.ts'
import * as sql from '../statements/risk.ts'
import { writeAudit } from './audit.ts'
import { writeMails } from './mails.ts'

export function* writeJudged(judged: JudgedDraft | null | undefined): Script<void> {
  if (judged == null) return
  const { id, account, atMs, action, grades, expiresAtMs } = judged.attempt
  yield* run(sql.insertJudged, id, account, atMs, action, grades, expiresAtMs)
  if (judged.anomaly !== null) yield* writeAudit(judged.anomaly)
  yield* writeMails(judged.mails ?? [])
}

export function* writeLearned(learned: LearnedDraft | null | undefined): Script<void> {
  if (learned == null) return
  yield* run(sql.writeProfile, learned.account, learned.signIns, learned.profile, learned.expiresAtMs)
}

/** Whereabouts are personal data: they go with the account. */
export function* deleteRiskOf(account: AccountId): Script<void> {
  yield* run(sql.deleteProfile, account)
  yield* run(sql.deleteJudgedOfAccount, account)
  yield* run(deleteProgramsOf, account)
}
