/** Every row becomes one of core's types here (clients: beside it) and nowhere else. A row that cannot be is thrown. */
import type {
  Account,
  ApiKey,
  AuditEvent,
  ChainedAuditEvent,
  Factor,
  Grant,
  HourOfUse,
  LogHead,
  Passkey,
  PrincipalView,
  RateLimit,
  RevocationRecord,
  Role,
  ServiceAccount,
  Session,
  SigningKey,
  Ticket,
  TotpSeed,
} from '@countersign/core'
import {
  assuranceLevels,
  idTokenAlgorithms,
  isAccountId,
  isApiKeyId,
  isAuditEventId,
  isClientId,
  isFactorId,
  isGrantId,
  isIdentityScope,
  isPermission,
  isPrincipalId,
  isRevocationId,
  isRoleId,
  isServiceAccountId,
  isSessionId,
  isSigningKeyId,
  keyAlgorithms,
  kindOfPrincipal,
  nodeKinds,
  type PathNode,
  type Permission,
  type RevocationEntry,
  type RoleId,
} from '@countersign/protocol'
import {
  impossible,
  integer,
  integerOrNull,
  listed,
  narrowed,
  narrowedOrNull,
  oneOf,
  record,
  text,
  textOrNull,
  texts,
} from './columns.ts'
import type { Row } from './script.ts'

export function toHead(row: Row): LogHead {
  const epoch = text(row, 'epoch')
  // Before its first epoch the log answers nobody: a position without one could be taken for a real one.
  return epoch === '' ? impossible('epoch') : { epoch, position: integer(row, 'position') }
}

export function toEntry(row: Row): RevocationEntry {
  const issuedBeforePosition = integerOrNull(row, 'issued_before_position')
  return {
    position: integer(row, 'position'),
    ...toNode(row),
    ...(issuedBeforePosition !== null && { issuedBeforePosition }),
    expiresAtMs: integer(row, 'expires_at'),
  }
}

const toNode = (row: Row): PathNode => ({
  kind: narrowed(row, 'kind', oneOf(nodeKinds)),
  id: text(row, 'node_id'),
})

export function toRevocationRecord(row: Row): RevocationRecord {
  return {
    id: narrowed(row, 'id', isRevocationId),
    position: integer(row, 'position'),
    node: toNode(row),
    atMs: integer(row, 'at'),
  }
}

export function toAccount(row: Row): Account {
  return {
    id: narrowed(row, 'id', isAccountId),
    email: text(row, 'email'),
    name: textOrNull(row, 'name'),
    emailVerifiedAtMs: integerOrNull(row, 'email_verified_at'),
    createdAtMs: integer(row, 'created_at'),
    disabledAtMs: integerOrNull(row, 'disabled_at'),
    passwordChangeRequiredAtMs: integerOrNull(row, 'password_change_required_at'),
    passwordBreachedAtMs: integerOrNull(row, 'password_breached_at'),
  }
}

export function toServiceAccount(row: Row): ServiceAccount {
  return {
    id: narrowed(row, 'id', isServiceAccountId),
    name: text(row, 'name'),
    audiences: texts(row, 'audiences'),
    createdAtMs: integer(row, 'created_at'),
    disabledAtMs: integerOrNull(row, 'disabled_at'),
  }
}

export function toRole(row: Row): Role {
  return {
    id: narrowed(row, 'id', isRoleId),
    description: textOrNull(row, 'description'),
    permissions: toPermissions(row, 'permissions'),
    builtIn: integerOrNull(row, 'built_in_since') !== null,
    createdAtMs: integer(row, 'created_at'),
  }
}

function toPermissions(row: Row, column: string): readonly Permission[] {
  const permissions = texts(row, column)
  return permissions.every(isPermission) ? permissions : impossible(column)
}

/** `rows`: the principal once for each role it holds, and once without a role if it holds none. */
export function toPrincipalView(rows: readonly Row[], issuerRevokedBefore: number): PrincipalView | null {
  const [row] = rows
  if (row === undefined) return null
  const roles = rows.filter((one) => one.role_id !== null)
  const id = narrowed(row, 'id', isPrincipalId)
  return {
    kind: kindOfPrincipal(id),
    id,
    name: textOrNull(row, 'name'),
    email: textOrNull(row, 'email'),
    audiences: texts(row, 'audiences'),
    rights: {
      roles: roles.map((one): RoleId => narrowed(one, 'role_id', isRoleId)),
      permissions: [...new Set(roles.flatMap((one) => toPermissions(one, 'role_permissions')))],
      floor: Math.max(
        issuerRevokedBefore,
        integer(row, 'revoked_before'),
        ...roles.map((one) => integer(one, 'role_revoked_before')),
      ),
      // Whoever has ended is disabled for good.
      disabledAtMs: integerOrNull(row, 'disabled_at') ?? integerOrNull(row, 'ended_at'),
    },
  }
}

const deliveries = ['cookie', 'session_token', 'jwt'] as const

export function toSession(row: Row): Session {
  return {
    id: narrowed(row, 'id', isSessionId),
    accountId: narrowed(row, 'account_id', isAccountId),
    createdAtMs: integer(row, 'created_at'),
    expiresAtMs: integer(row, 'expires_at'),
    idleSeconds: integer(row, 'idle_seconds'),
    idleExpiresAtMs: integer(row, 'idle_expires_at'),
    lastSeenAtMs: integer(row, 'last_seen_at'),
    lastAddress: textOrNull(row, 'last_address'),
    endedAtMs: integerOrNull(row, 'ended_at'),
    issuedPosition: integer(row, 'issued_position'),
    authTimeMs: integer(row, 'auth_time'),
    amr: texts(row, 'amr'),
    acr: textOrNull(row, 'acr'),
    delivery: narrowed(row, 'delivery', oneOf(deliveries)),
    device: textOrNull(row, 'device'),
    userAgent: textOrNull(row, 'user_agent'),
    address: textOrNull(row, 'address'),
    place: textOrNull(row, 'place'),
  }
}

const factorKinds = ['totp', 'passkey'] as const

export function toFactor(row: Row): Factor {
  return {
    id: narrowed(row, 'id', isFactorId),
    accountId: narrowed(row, 'account_id', isAccountId),
    kind: narrowed(row, 'kind', oneOf(factorKinds)),
    name: textOrNull(row, 'name'),
    createdAtMs: integer(row, 'created_at'),
    lastUsedAtMs: integerOrNull(row, 'last_used_at'),
  }
}

export function toTotpSeed(row: Row): TotpSeed {
  return {
    id: narrowed(row, 'id', isFactorId),
    sealedSeed: text(row, 'sealed_seed'),
    lastStep: integer(row, 'last_step'),
  }
}

/** Its flags are times, of when they were first seen; those of the copy, of when they were last seen. */
export function toPasskey(row: Row): Passkey {
  return {
    id: narrowed(row, 'id', isFactorId),
    accountId: narrowed(row, 'account_id', isAccountId),
    credentialId: text(row, 'credential_id'),
    userHandle: text(row, 'user_handle'),
    publicKey: text(row, 'public_key'),
    signCount: integer(row, 'sign_count'),
    transports: texts(row, 'transports'),
    aaguid: text(row, 'aaguid'),
    isBackupEligible: integerOrNull(row, 'backup_eligible_at') !== null,
    isBackedUp: integerOrNull(row, 'backed_up_at') !== null,
    isUserVerified: integerOrNull(row, 'user_verified_at') !== null,
  }
}

const ticketPurposes = ['sign_in', 'enrol', 'step_up', 'password'] as const
const refreshPlaces = ['body', 'cookie'] as const

export function toTicket(row: Row): Ticket {
  return {
    purpose: narrowed(row, 'purpose', oneOf(ticketPurposes)),
    accountId: narrowed(row, 'account_id', isAccountId),
    sessionId: narrowedOrNull(row, 'session_id', isSessionId),
    amr: texts(row, 'amr'),
    delivery: narrowed(row, 'delivery', oneOf(deliveries)),
    refresh: narrowed(row, 'refresh', oneOf(refreshPlaces)),
    issuedPosition: integer(row, 'issued_position'),
    factorId: narrowedOrNull(row, 'factor_id', isFactorId),
    level: narrowedOrNull(row, 'level', oneOf(assuranceLevels)),
    createdAtMs: integer(row, 'created_at'),
    expiresAtMs: integer(row, 'expires_at'),
  }
}

export function toGrant(row: Row): Grant {
  return {
    id: narrowed(row, 'id', isGrantId),
    principalId: narrowed(row, 'principal_id', isPrincipalId),
    clientId: narrowed(row, 'client_id', isClientId),
    sessionId: narrowedOrNull(row, 'session_id', isSessionId),
    scope: toPermissions(row, 'scope'),
    identityScopes: listed(row, 'identity_scopes', isIdentityScope),
    audiences: texts(row, 'audiences'),
    jkt: textOrNull(row, 'jkt'),
    createdAtMs: integer(row, 'created_at'),
    expiresAtMs: integer(row, 'expires_at'),
    endedAtMs: integerOrNull(row, 'ended_at'),
    issuedPosition: integer(row, 'issued_position'),
  }
}

export function toApiKey(row: Row): ApiKey {
  return {
    id: narrowed(row, 'id', isApiKeyId),
    ownerId: narrowed(row, 'owner_id', isPrincipalId),
    name: text(row, 'name'),
    permissions: toPermissions(row, 'permissions'),
    resources: texts(row, 'resources'),
    audiences: texts(row, 'audiences'),
    allowAddresses: texts(row, 'allow_addresses'),
    rateLimit: row.rate_limit === null ? null : toRateLimit(row),
    createdAtMs: integer(row, 'created_at'),
    createdBy: narrowed(row, 'created_by', isPrincipalId),
    expiresAtMs: integerOrNull(row, 'expires_at'),
    endedAtMs: integerOrNull(row, 'ended_at'),
    lastUsedAtMs: integerOrNull(row, 'last_used_at'),
    lastAddress: textOrNull(row, 'last_address'),
    overlapEndsAtMs: integerOrNull(row, 'overlap_ends_at'),
    suspendedAtMs: integerOrNull(row, 'suspended_at'),
    issuedPosition: integer(row, 'issued_position'),
  }
}

function toRateLimit(row: Row): RateLimit {
  const { requests, perSeconds } = record(row, 'rate_limit', isNumber)
  if (requests === undefined || perSeconds === undefined) return impossible('rate_limit')
  return { requests, perSeconds }
}

export function toHourOfUse(row: Row): HourOfUse {
  const reporter = text(row, 'reported_by')
  return {
    hourMs: integer(row, 'hour'),
    route: text(row, 'route'),
    reportedBy: reporter === '' ? null : narrowed(row, 'reported_by', isServiceAccountId),
    count: integer(row, 'uses'),
    refused: integer(row, 'refused'),
    lastAtMs: integer(row, 'last_at'),
    lastAddress: textOrNull(row, 'last_address'),
  }
}

const isNumber = (value: unknown): value is number => typeof value === 'number'

const keyLines = ['main', ...idTokenAlgorithms] as const
const keyStates = ['next', 'current', 'previous', 'retired', 'removed'] as const

export function toSigningKey(row: Row): SigningKey {
  return {
    id: narrowed(row, 'id', isSigningKeyId),
    line: narrowed(row, 'line', oneOf(keyLines)),
    algorithm: narrowed(row, 'algorithm', oneOf(keyAlgorithms)),
    state: narrowed(row, 'state', oneOf(keyStates)),
    publicJwk: row.public_jwk === null ? null : record(row, 'public_jwk', isString),
    sealedPrivateKey: text(row, 'sealed_private_key'),
    createdAtMs: integer(row, 'created_at'),
    promotedAtMs: integerOrNull(row, 'promoted_at'),
    demotedAtMs: integerOrNull(row, 'demoted_at'),
    retiredAtMs: integerOrNull(row, 'retired_at'),
    publishedPosition: integerOrNull(row, 'published_position'),
  }
}

const isString = (value: unknown): value is string => typeof value === 'string'

const outcomes = ['success', 'refused', 'failed'] as const
const actorKinds = ['account', 'service_account', 'system', 'anonymous'] as const

export function toAuditEvent(row: Row): AuditEvent {
  const targetKind = textOrNull(row, 'target_kind')
  return {
    id: narrowed(row, 'id', isAuditEventId),
    atMs: integer(row, 'at'),
    type: text(row, 'type'),
    outcome: narrowed(row, 'outcome', oneOf(outcomes)),
    actor: {
      kind: narrowed(row, 'actor_kind', oneOf(actorKinds)),
      id: textOrNull(row, 'actor_id'),
      credential: textOrNull(row, 'actor_credential'),
    },
    target: targetKind === null ? null : { kind: targetKind, id: text(row, 'target_id') },
    address: textOrNull(row, 'address'),
    requestId: textOrNull(row, 'request_id'),
    details: record(row, 'details', isDetail),
  }
}

const isDetail = (value: unknown): value is string | number | boolean | null =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value)

export function toChainedAuditEvent(row: Row): ChainedAuditEvent {
  const position = integerOrNull(row, 'chain_position')
  return {
    event: toAuditEvent(row),
    chain: position === null ? null : { position, hash: text(row, 'chain_hash') },
  }
}
