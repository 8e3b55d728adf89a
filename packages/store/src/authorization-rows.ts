/** Rows of authorization codes and consents become core's types here and nowhere else. */
import type { AuthorizationCode, Consent } from '@countersign/core'
import {
  isAccountId,
  isClientId,
  isGrantId,
  isIdentityScope,
  isPermission,
  isScopeWord,
  isSessionId,
} from '@countersign/protocol'
import { integer, listed, narrowed, text, textOrNull, texts } from './columns.ts'
import type { Row } from './script.ts'

export function toCode(row: Row): AuthorizationCode {
  return {
    grantId: narrowed(row, 'grant_id', isGrantId),
    clientId: narrowed(row, 'client_id', isClientId),
    accountId: narrowed(row, 'account_id', isAccountId),
    sessionId: narrowed(row, 'session_id', isSessionId),
    redirectUri: text(row, 'redirect_uri'),
    codeChallenge: textOrNull(row, 'code_challenge'),
    dpopJkt: textOrNull(row, 'dpop_jkt'),
    permissions: listed(row, 'scope', (word): word is string => isPermission(word)),
    identityScopes: listed(row, 'identity_scopes', isIdentityScope),
    audiences: texts(row, 'audiences'),
    nonce: textOrNull(row, 'nonce'),
    issuedPosition: integer(row, 'issued_position'),
    createdAtMs: integer(row, 'created_at'),
    expiresAtMs: integer(row, 'expires_at'),
  }
}

export function toConsent(row: Row): Consent {
  return {
    accountId: narrowed(row, 'account_id', isAccountId),
    clientId: narrowed(row, 'client_id', isClientId),
    scopes: listed(row, 'scopes', (word): word is string => isScopeWord(word)),
    createdAtMs: integer(row, 'created_at'),
    updatedAtMs: integer(row, 'updated_at'),
  }
}
