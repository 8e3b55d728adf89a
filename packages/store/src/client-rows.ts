/** Rows of OAuth clients become core's type here and nowhere else. */
import type { Client } from '@countersign/core'
import {
  assuranceLevels,
  clientAuthMethods,
  clientGrantTypes,
  clientProfiles,
  clientRegistrations,
  idTokenAlgorithms,
  isClientId,
  isScopeWord,
  isServiceAccountId,
  subjectTypes,
} from '@countersign/protocol'
import {
  integer,
  integerOrNull,
  listed,
  narrowed,
  narrowedOrNull,
  oneOf,
  records,
  text,
  textOrNull,
  texts,
} from './columns.ts'
import type { Row } from './script.ts'

const senderConstraints = ['none', 'dpop'] as const
const clientKinds = ['public', 'confidential'] as const

export function toClient(row: Row): Client {
  return {
    id: narrowed(row, 'id', isClientId),
    name: text(row, 'name'),
    kind: narrowed(row, 'kind', oneOf(clientKinds)),
    profile: narrowed(row, 'profile', oneOf(clientProfiles)),
    authMethod: narrowed(row, 'auth_method', oneOf(clientAuthMethods)),
    dpopBound: narrowed(row, 'sender_constraint', oneOf(senderConstraints)) === 'dpop',
    grantTypes: listed(row, 'grant_types', oneOf(clientGrantTypes)),
    redirectUris: texts(row, 'redirect_uris'),
    postLogoutRedirectUris: texts(row, 'post_logout_redirect_uris'),
    backchannelLogoutUri: textOrNull(row, 'backchannel_logout_uri'),
    scopes: listed(row, 'scopes', (word): word is string => isScopeWord(word)),
    audiences: texts(row, 'audiences'),
    serviceAccountId: narrowedOrNull(row, 'service_account_id', isServiceAccountId),
    jwks: row.jwks === null ? null : records(row, 'jwks', isString),
    jwksUri: textOrNull(row, 'jwks_uri'),
    logoUri: textOrNull(row, 'logo_uri'),
    policyUri: textOrNull(row, 'policy_uri'),
    tosUri: textOrNull(row, 'tos_uri'),
    assurance: narrowedOrNull(row, 'assurance', oneOf(assuranceLevels)),
    idTokenAlgorithm: narrowedOrNull(row, 'id_token_algorithm', oneOf(idTokenAlgorithms)),
    subjectType: narrowed(row, 'subject_type', oneOf(subjectTypes)),
    sectorIdentifierUri: textOrNull(row, 'sector_identifier_uri'),
    registration: narrowed(row, 'registration', oneOf(clientRegistrations)),
    usedAtMs: integerOrNull(row, 'used_at'),
    createdAtMs: integer(row, 'created_at'),
    disabledAtMs: integerOrNull(row, 'disabled_at'),
    endedAtMs: integerOrNull(row, 'ended_at'),
    revokedBefore: integer(row, 'revoked_before'),
  }
}

const isString = (value: unknown): value is string => typeof value === 'string'
