/** Reading authorization codes with all that redeeming one needs, consents, and the grants behind access tokens. */
import type { Consent, WithHead } from '@countersign/core'
import type { AccountId, ClientId, GrantId } from '@countersign/protocol'
import { toCode, toConsent } from '../authorization-rows.ts'
import { text } from '../columns.ts'
import type { AnswerOf } from '../port.ts'
import { toGrant, toHead, toSession } from '../rows.ts'
import { all, one, type Script } from '../script.ts'
import * as sql from '../statements/authorizations.ts'
import { heldPart } from '../statements/sessions.ts'
import { findByDigest, readHeadAndIssuer } from './log.ts'
import { readPrincipal } from './principals.ts'

export function* readConsent(account: AccountId, client: ClientId): Script<Consent | null> {
  const row = yield* one(sql.selectConsent, account, client)
  return row === null ? null : toConsent(row)
}

export function* listConsents(account: AccountId): Script<AnswerOf<'listConsents'>> {
  const rows = yield* all(sql.listConsents, account)
  return rows.map((row) => ({ ...toConsent(row), clientName: text(row, 'client_name') }))
}

type Code = NonNullable<AnswerOf<'readAuthorizationCode'>['found']>

/** A code with the session that it was given in. */
export function* readCodeAndSession(
  digests: readonly string[],
): Script<WithHead<{ readonly found: Omit<Code, 'principal'> | null }>> {
  const { row, found: codeRow } = yield* findByDigest(sql.selectCode, [], digests, sql.codePart)
  const head = toHead(row)
  const session = heldPart.of(row)
  if (codeRow === null || session === null) return { head, found: null }
  return {
    head,
    found: { code: toCode(codeRow), digest: text(codeRow, 'digest'), session: toSession(session) },
  }
}

export function* readLiveGrant(id: GrantId, nowMs: number): Script<AnswerOf<'readLiveGrant'>> {
  const { issuerRevokedBefore } = yield* readHeadAndIssuer()
  const row = yield* one(sql.selectLiveGrant, id, nowMs)
  if (row === null) return null
  const grant = toGrant(row)
  const principal = yield* readPrincipal(grant.principalId, issuerRevokedBefore)
  return principal === null ? null : { grant, principal }
}
