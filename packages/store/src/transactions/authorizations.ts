/** Issuing and redeeming authorization codes, and taking back what was allowed. */
import type { EntryDraft } from '@countersign/core'
import { type GrantId, isGrantId, isSessionId } from '@countersign/protocol'
import { narrowed } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { all, one, Rollback, run, type Script } from '../script.ts'
import * as sql from '../statements/authorizations.ts'
import { deleteUnusedDeviceCodes } from '../statements/device-codes.ts'
import { endGrant } from '../statements/grants.ts'
import { noteFirstUse } from '../statements/registrations.ts'
import { writeAudit } from '../steps/audit.ts'
import { appendEntries, appendEntry } from '../steps/log.ts'
import { noteSignIn } from '../steps/logouts.ts'
import { insertOpenedGrant, insertTokenOfGrant } from '../steps/sessions.ts'

export function* issueAuthorizationCode(
  input: InputOf<'issueAuthorizationCode'>,
): Script<AnswerOf<'issueAuthorizationCode'>> {
  const { code, consent } = input
  // Before anything hangs under it: whoever sweeps what was never used waits for this, or was first.
  if (input.isFirstUse && (yield* one(noteFirstUse, code.clientId, code.createdAtMs)) === null) {
    return 'client_gone'
  }
  yield* run(
    sql.insertCode,
    input.digest,
    code.grantId,
    code.clientId,
    code.accountId,
    code.sessionId,
    code.redirectUri,
    code.codeChallenge,
    JSON.stringify(code.permissions),
    JSON.stringify(code.identityScopes),
    JSON.stringify(code.audiences),
    code.nonce,
    code.issuedPosition,
    code.createdAtMs,
    code.expiresAtMs,
    code.dpopJkt,
  )
  if (consent !== null) {
    const { accountId, clientId, createdAtMs, updatedAtMs } = consent
    const scopes = JSON.stringify(consent.scopes)
    yield* run(sql.writeConsent, accountId, clientId, scopes, createdAtMs, updatedAtMs)
  }
  yield* writeAudit(input.audit)
  return 'issued'
}

/** The same by a name of its own: a code for what was allowed before, which need not be on the disk to be given. */
export function* repeatAuthorization(
  input: InputOf<'issueAuthorizationCode'>,
): Script<AnswerOf<'issueAuthorizationCode'>> {
  return yield* issueAuthorizationCode(input)
}

export function* redeemAuthorizationCode(
  input: InputOf<'redeemAuthorizationCode'>,
): Script<AnswerOf<'redeemAuthorizationCode'>> {
  const { digest, grant, refreshDigest, nowMs } = input
  const used = yield* one(sql.useCode, digest, nowMs)
  if (used === null) return yield* endWhatItGave(input)
  yield* insertOpenedGrant(grant, narrowed(used, 'session_id', isSessionId))
  if (refreshDigest !== null) {
    yield* insertTokenOfGrant(grant, refreshDigest, input.refreshExpiresAtMs)
  }
  // Asked of the grant that now stands there, so that whatever ended its parents meanwhile ends it too.
  if ((yield* one(sql.selectLiveGrant, grant.id, nowMs)) === null) throw new Rollback('gone')
  if (input.signIn !== null && !(yield* noteSignIn(input.signIn))) throw new Rollback('gone')
  yield* writeAudit(input.audit)
  return 'opened'
}

/** Looks again after the update, which on Postgres may have waited for the one that used the code. */
function* endWhatItGave(
  input: InputOf<'redeemAuthorizationCode'>,
): Script<AnswerOf<'redeemAuthorizationCode'>> {
  const used = yield* one(sql.selectUsedCode, input.digest)
  if (used === null) return 'gone'
  const id = narrowed(used, 'grant_id', isGrantId)
  if ((yield* run(endGrant, id, input.nowMs)) === 0) return 'gone'
  yield* writeAudit(input.auditReuse)
  yield* appendEntry(toKill(id, input))
  return 'reused'
}

const toKill = (id: GrantId, input: { nowMs: number; entryExpiresAtMs: number }): EntryDraft => ({
  node: { kind: 'grant', id },
  effect: 'kill',
  atMs: input.nowMs,
  expiresAtMs: input.entryExpiresAtMs,
})

export function* endConsent(input: InputOf<'endConsent'>): Script<AnswerOf<'endConsent'>> {
  const { account, client, nowMs } = input
  const deleted = yield* run(sql.deleteConsent, account, client)
  // A code that is on its way would otherwise open what was just taken back.
  yield* run(sql.deleteUnusedCodes, account, client)
  yield* run(deleteUnusedDeviceCodes, account, client)
  const ended: GrantId[] = []
  for (const row of yield* all(sql.selectGrantsOfClient, account, client)) {
    const id = narrowed(row, 'id', isGrantId)
    if ((yield* run(endGrant, id, nowMs)) === 1) ended.push(id)
  }
  if (deleted === 0 && ended.length === 0) return 'not_found'
  yield* writeAudit(input.audit)
  yield* appendEntries(ended.map((id) => toKill(id, input)))
  return 'ended'
}
