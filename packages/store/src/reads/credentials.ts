/** Reading sessions, grants and API keys: with all that a verdict about one needs, or for a list. */
import type { ApiKey, Grant, PageRequest, Session, WithHead } from '@countersign/core'
import type { AccountId, ApiKeyId, GrantId, PrincipalId, SessionId } from '@countersign/protocol'
import { integer, integerOrNull, text } from '../columns.ts'
import type { AnswerOf } from '../port.ts'
import { toApiKey, toGrant, toHead, toSession } from '../rows.ts'
import { all, one, type Script } from '../script.ts'
import * as keys from '../statements/api-keys.ts'
import * as grants from '../statements/grants.ts'
import * as sessions from '../statements/sessions.ts'
import { findByDigest, headRow, toHeadAndIssuer } from './log.ts'
import { pageStart } from './page.ts'
import { readPrincipal } from './principals.ts'

export function* readSessionForVerdict(id: SessionId): Script<AnswerOf<'readSessionForVerdict'>> {
  const joined = yield* headRow(sessions.selectSessionForVerdict, id)
  const { head, issuerRevokedBefore } = toHeadAndIssuer(joined)
  const row = sessions.sessionPart.of(joined)
  if (row === null) return { head, found: null }
  const session = toSession(row)
  const principal = yield* readPrincipal(session.accountId, issuerRevokedBefore)
  if (principal === null) return { head, found: null }
  return { head, found: { session, digest: text(row, 'digest'), principal } }
}

export function* listSessions(account: AccountId, nowMs: number): Script<readonly Session[]> {
  return (yield* all(sessions.listSessions, account, nowMs)).map(toSession)
}

export function* listGrants(principal: PrincipalId, nowMs: number, limit: number): Script<readonly Grant[]> {
  return (yield* all(grants.listGrants, principal, nowMs, limit)).map(toGrant)
}

type RefreshToken = NonNullable<AnswerOf<'readRefreshToken'>['found']>

/** A refresh token with its family and session. */
export function* readPresented(
  id: GrantId,
  digests: readonly string[],
): Script<WithHead<{ readonly found: Omit<RefreshToken, 'client' | 'principal'> | null }>> {
  const { row, found: presented } = yield* findByDigest(
    grants.selectPresented,
    [id],
    digests,
    grants.tokenPart,
  )
  const head = toHead(row)
  const grantRow = grants.familyPart.of(row)
  if (grantRow === null || presented === null) return { head, found: null }
  const grant = toGrant(grantRow)
  const sessionRow = sessions.heldPart.of(row)
  // A missing parent counts as dead. Without its session a grant would look like one that never had any.
  if (grant.sessionId !== null && sessionRow === null) return { head, found: null }
  const found = {
    grant,
    digest: text(presented, 'digest'),
    generation: integer(presented, 'generation'),
    usedAtMs: integerOrNull(presented, 'used_at'),
    session: sessionRow === null ? null : toSession(sessionRow),
  }
  return { head, found }
}

export function* readApiKey(id: ApiKeyId): Script<ApiKey | null> {
  const row = yield* one(keys.selectApiKey, id)
  return row === null ? null : toApiKey(row)
}

export function* listApiKeys(owner: PrincipalId | null, page: PageRequest): Script<readonly ApiKey[]> {
  const start = pageStart(page)
  const rows =
    owner === null
      ? yield* all(keys.listApiKeys, start, page.limit)
      : yield* all(keys.listApiKeysOfOwner, start, page.limit, owner)
  return rows.map(toApiKey)
}

export function* readApiKeyForVerdict(id: ApiKeyId): Script<AnswerOf<'readApiKeyForVerdict'>> {
  const joined = yield* headRow(keys.selectApiKeyForVerdict, id)
  const { head, issuerRevokedBefore } = toHeadAndIssuer(joined)
  const row = keys.apiKeyPart.of(joined)
  if (row === null) return { head, found: null }
  const key = toApiKey(row)
  const principal = yield* readPrincipal(key.ownerId, issuerRevokedBefore)
  if (principal === null) return { head, found: null }
  const secrets = (yield* all(keys.selectApiKeySecrets, id)).map((secret) => ({
    digest: text(secret, 'digest'),
    expiresAtMs: integerOrNull(secret, 'expires_at'),
  }))
  return { head, found: { key, secrets, principal } }
}
