/** Reading a device code with all that an answer to the device needs. */
import { integerOrNull, text } from '../columns.ts'
import { toDeviceCode, toDeviceDecision } from '../device-code-rows.ts'
import type { AnswerOf } from '../port.ts'
import { toSession } from '../rows.ts'
import { one, type Row, type Script } from '../script.ts'
import { selectDeviceCode } from '../statements/device-codes.ts'
import { selectSession } from '../statements/sessions.ts'
import { readHeadAndIssuer } from './log.ts'
import { readPrincipal } from './principals.ts'

export function* readDeviceCode(digests: readonly string[]): Script<AnswerOf<'readDeviceCode'>> {
  const { head, issuerRevokedBefore } = yield* readHeadAndIssuer()
  const row = yield* findCode(digests)
  if (row === null) return { head, found: null }
  const decision = toDeviceDecision(row)
  const session = decision === null ? null : yield* one(selectSession, decision.sessionId)
  const principal = decision === null ? null : yield* readPrincipal(decision.accountId, issuerRevokedBefore)
  const found = {
    code: toDeviceCode(row),
    digest: text(row, 'digest'),
    usedAtMs: integerOrNull(row, 'used_at'),
    decision,
    session: session === null ? null : toSession(session),
    principal,
  }
  return { head, found }
}

/** One secret has one digest under each pepper that is still known. */
function* findCode(digests: readonly string[]): Script<Row | null> {
  for (const digest of digests) {
    const row = yield* one(selectDeviceCode, digest)
    if (row !== null) return row
  }
  return null
}
