/** From what core knows to what stands on the wire: snake_case, RFC 3339 times. */

import {
  type Account,
  type AccountWithRoles,
  type ApiKey,
  type ChainedAuditEvent,
  type Invitation,
  type Policy,
  purposeOf,
  type Role,
  type ServiceAccountWithRoles,
  type Session,
  type SigningKey,
} from '@countersign/core'
import {
  type AccountDetailShape,
  type AccountShape,
  type ApiKeyShape,
  type AuditEventShape,
  type InvitationShape,
  kindOfPrincipal,
  type MeResponse,
  type Page,
  type PrincipalId,
  type RoleShape,
  type ServiceAccountShape,
  type SessionDetailShape,
  type SessionShape,
  type SigningKeyShape,
  toDisplayPrefix,
} from '@countersign/protocol'
import type { Verdict } from '@countersign/verifier'

export const toTime = (ms: number): string => new Date(ms).toISOString()
export const toTimeOrNull = (ms: number | null): string | null => (ms === null ? null : toTime(ms))

export function toAccountShape(account: Account): AccountShape {
  return {
    id: account.id,
    email: account.email,
    name: account.name,
    email_verified: account.emailVerifiedAtMs !== null,
    created_at: toTime(account.createdAtMs),
  }
}

export function toAccountDetail(account: AccountWithRoles): AccountDetailShape {
  return {
    ...toAccountShape(account),
    roles: [...account.roles],
    disabled_at: toTimeOrNull(account.disabledAtMs),
    password_change_required_at: toTimeOrNull(account.passwordChangeRequiredAtMs),
  }
}

export function toInvitationShape(invitation: Invitation): InvitationShape {
  return {
    id: invitation.id,
    email: invitation.email,
    roles: [...invitation.roles],
    invited_by: invitation.invitedBy,
    created_at: toTime(invitation.createdAtMs),
    expires_at: toTime(invitation.expiresAtMs),
  }
}

export function toServiceAccountShape(account: ServiceAccountWithRoles): ServiceAccountShape {
  return {
    id: account.id,
    name: account.name,
    roles: [...account.roles],
    audiences: [...account.audiences],
    disabled_at: toTimeOrNull(account.disabledAtMs),
    created_at: toTime(account.createdAtMs),
  }
}

export function toRoleShape(role: Role): RoleShape {
  return {
    id: role.id,
    description: role.description,
    permissions: [...role.permissions],
    built_in: role.builtIn,
    created_at: toTime(role.createdAtMs),
  }
}

export function toSessionShape(session: Session): SessionShape {
  return {
    id: session.id,
    created_at: toTime(session.createdAtMs),
    expires_at: toTime(session.expiresAtMs),
    idle_expires_at: toTime(session.idleExpiresAtMs),
  }
}

export function toSessionDetail(session: Session, currentId: string | null): SessionDetailShape {
  return {
    ...toSessionShape(session),
    current: session.id === currentId,
    last_seen_at: toTime(session.lastSeenAtMs),
    signed_in_by: [...session.amr],
    device: session.device,
    address: session.address,
    last_address: session.lastAddress,
    place: session.place,
    user_agent: session.userAgent,
  }
}

export const toPrincipalShape = (id: PrincipalId): ApiKeyShape['owner'] => ({ kind: kindOfPrincipal(id), id })

export function toApiKeyShape(key: ApiKey, policy: Policy): ApiKeyShape {
  return {
    id: key.id,
    name: key.name,
    prefix: toDisplayPrefix(policy.credentialStyle, 'api_key', key.id),
    owner: toPrincipalShape(key.ownerId),
    permissions: [...key.permissions],
    resources: [...key.resources],
    audiences: [...key.audiences],
    allow_addresses: [...key.allowAddresses],
    rate_limit: key.rateLimit && { requests: key.rateLimit.requests, per_seconds: key.rateLimit.perSeconds },
    created_at: toTime(key.createdAtMs),
    expires_at: toTimeOrNull(key.expiresAtMs),
    last_used_at: toTimeOrNull(key.lastUsedAtMs),
    overlap_ends_at: toTimeOrNull(key.overlapEndsAtMs),
    suspended_at: toTimeOrNull(key.suspendedAtMs),
  }
}

export function toSigningKeyShape(key: SigningKey): SigningKeyShape {
  return {
    id: key.id,
    algorithm: key.algorithm,
    purpose: purposeOf(key),
    state: key.state,
    created_at: toTime(key.createdAtMs),
    promoted_at: toTimeOrNull(key.promotedAtMs),
    retired_at: toTimeOrNull(key.retiredAtMs),
  }
}

export function toAuditShape({ event, chain }: ChainedAuditEvent): AuditEventShape {
  return {
    id: event.id,
    at: toTime(event.atMs),
    type: event.type,
    outcome: event.outcome,
    actor: { ...event.actor },
    target: event.target && { ...event.target },
    address: event.address,
    request_id: event.requestId,
    details: { ...event.details },
    chain: chain && { ...chain },
  }
}

export function toCredentialShape(verdict: Verdict): MeResponse['credential'] {
  const { credential } = verdict
  return {
    kind: credential.kind,
    id: credential.id,
    path: credential.path.map(({ kind, id }) => ({ kind, id })),
    expires_at: toTimeOrNull(credential.expiresAtMs),
    amr: [...credential.amr],
    acr: credential.acr,
    auth_time: toTimeOrNull(credential.authTimeMs),
    ...(credential.jkt !== undefined && { jkt: credential.jkt }),
    ...(credential.actor !== undefined && { act: credential.actor }),
  }
}

/** A page as long as was asked for says where the next one begins; a shorter one is the last. */
export function toPage<T, S extends { id: string }>(
  rows: readonly T[],
  limit: number,
  shape: (row: T) => S,
): Page<S> {
  const items = rows.map(shape)
  const last = items.at(-1)
  return { items, next_cursor: items.length >= limit && last !== undefined ? last.id : null }
}
