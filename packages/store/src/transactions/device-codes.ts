/** Writing device codes (RFC 8628): begun, claimed, decided, asked for, redeemed. */
import type { DeviceCode } from '@countersign/core'
import { toDeviceCode } from '../device-code-rows.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { one, Rollback, run, type Script } from '../script.ts'
import { selectLiveGrant, writeConsent } from '../statements/authorizations.ts'
import * as sql from '../statements/device-codes.ts'
import { writeAudit } from '../steps/audit.ts'
import { insertOpenedGrant, insertTokenOfGrant } from '../steps/sessions.ts'

export function* beginDeviceCode(input: InputOf<'beginDeviceCode'>): Script<AnswerOf<'beginDeviceCode'>> {
  const { code, digest, userDigest, pollMs } = input
  yield* run(sql.deleteOverdue, userDigest, code.createdAtMs)
  const inserted = yield* one(
    sql.insertDeviceCode,
    digest,
    userDigest,
    code.grantId,
    code.clientId,
    JSON.stringify(code.permissions),
    JSON.stringify(code.identityScopes),
    JSON.stringify(code.audiences),
    code.address,
    code.createdAtMs,
    code.expiresAtMs,
    pollMs,
  )
  return inserted === null ? 'taken' : 'begun'
}

export function* claimDeviceCode(input: InputOf<'claimDeviceCode'>): Script<DeviceCode | null> {
  const { userDigests, session, account, nowMs } = input
  for (const digest of userDigests) {
    const row = yield* one(sql.claimDeviceCode, digest, session, account, nowMs)
    if (row !== null) return toDeviceCode(row)
  }
  return null
}

export function* decideDeviceCode(input: InputOf<'decideDeviceCode'>): Script<AnswerOf<'decideDeviceCode'>> {
  if (!(yield* decide(input))) return 'gone'
  const { consent } = input
  if (consent !== null) {
    const { accountId, clientId, createdAtMs, updatedAtMs } = consent
    const scopes = JSON.stringify(consent.scopes)
    yield* run(writeConsent, accountId, clientId, scopes, createdAtMs, updatedAtMs)
  }
  yield* writeAudit(input.audit)
  return 'decided'
}

function* decide({ userDigests, decision, nowMs }: InputOf<'decideDeviceCode'>): Script<boolean> {
  const { kind, accountId, sessionId, issuedPosition } = decision
  for (const digest of userDigests) {
    const changed = yield* run(
      sql.decideDeviceCode,
      digest,
      sessionId,
      accountId,
      kind,
      issuedPosition,
      nowMs,
    )
    if (changed === 1) return true
  }
  return false
}

export function* pollDeviceCode(input: InputOf<'pollDeviceCode'>): Script<AnswerOf<'pollDeviceCode'>> {
  const { digest, nowMs, slowerMs } = input
  if ((yield* run(sql.pollOnTime, digest, nowMs)) === 1) return 'on_time'
  yield* run(sql.pollTooEarly, digest, nowMs, slowerMs)
  return 'too_early'
}

export function* redeemDeviceCode(input: InputOf<'redeemDeviceCode'>): Script<AnswerOf<'redeemDeviceCode'>> {
  const { digest, grant, refreshDigest, nowMs } = input
  if ((yield* run(sql.useDeviceCode, digest, nowMs)) === 0) return 'gone'
  yield* insertOpenedGrant(grant)
  if (refreshDigest !== null) yield* insertTokenOfGrant(grant, refreshDigest, input.refreshExpiresAtMs)
  // Asked of the grant that now stands there, so that whatever ended its parents meanwhile ends it too.
  if ((yield* one(selectLiveGrant, grant.id, nowMs)) === null) throw new Rollback('gone')
  yield* writeAudit(input.audit)
  return 'opened'
}
