/** Noting who is signed in to a client that wants to hear of the end. */
import type { ClientSignIn } from '@countersign/core'
import { one, run, type Script } from '../script.ts'
import * as sql from '../statements/logouts.ts'

/** False where the session has ended: whoever looks for ends in the log may have passed that one already. */
export function* noteSignIn(signIn: ClientSignIn): Script<boolean> {
  const { sessionId, clientId, accountId, told, createdAtMs, expiresAtMs } = signIn
  yield* one(sql.lockCursor)
  if ((yield* one(sql.selectUnendedSession, sessionId)) === null) return false
  const names = [told?.subject ?? null, told?.sid ?? null] as const
  yield* run(sql.insertSignIn, sessionId, clientId, accountId, createdAtMs, expiresAtMs, ...names)
  return true
}
