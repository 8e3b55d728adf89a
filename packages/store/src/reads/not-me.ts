/** Reading what an owner says was not them. */
import { type AccountId, isDeviceId, isSessionId, type SessionId } from '@countersign/protocol'
import { narrowedOrNull, text } from '../columns.ts'
import type { AnswerOf } from '../port.ts'
import { toAccount, toSession } from '../rows.ts'
import { one, type Script } from '../script.ts'
import { selectNotMeLink, selectOrigin } from '../statements/not-me.ts'
import { selectProfile } from '../statements/risk.ts'
import { selectSession } from '../statements/sessions.ts'

export function* readNotMeLink(digests: readonly string[], nowMs: number): Script<AnswerOf<'readNotMeLink'>> {
  for (const digest of digests) {
    const row = yield* one(selectNotMeLink, digest, nowMs)
    if (row === null) continue
    return {
      digest: text(row, 'digest'),
      account: toAccount(row),
      sentTo: text(row, 'sent_to'),
      session: narrowedOrNull(row, 'session_id', isSessionId),
      restores: row.new_email !== null,
    }
  }
  return null
}

export function* readOrigin(account: AccountId, session: SessionId): Script<AnswerOf<'readOrigin'>> {
  const origin = yield* one(selectOrigin, session, account)
  const row = yield* one(selectSession, session)
  if (origin === null || row === null) return null
  const profile = yield* one(selectProfile, account)
  return {
    session: toSession(row),
    device: narrowedOrNull(origin, 'device_id', isDeviceId),
    profile: profile === null ? null : text(profile, 'profile'),
  }
}
