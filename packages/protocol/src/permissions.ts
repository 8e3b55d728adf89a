/**
 * Permissions and the one rule by which they are matched. A permission is `<noun>:<verb>`; `<noun>:*` holds
 * every verb of a noun, and `*` holds everything. In an access token they travel as `scope` (RFC 6749 §3.3).
 */

export type Permission = string

const PERMISSION = /^(?:\*|[a-z][a-z0-9_.-]{0,47}:(?:\*|[a-z][a-z0-9_.-]{0,47}))$/

/** How many permissions one role, key or request may name. */
export const PERMISSIONS_MAX = 64

export const isPermission = (text: string): text is Permission => PERMISSION.test(text)

/** True when the held permissions allow the needed one. */
export function allows(held: readonly Permission[], needed: Permission): boolean {
  for (const permission of held) if (covers(permission, needed)) return true
  return false
}

/** True when every needed permission is allowed. */
export function allowsAll(held: readonly Permission[], needed: readonly Permission[]): boolean {
  return needed.every((permission) => allows(held, permission))
}

/**
 * What is left of `wanted` when its holder may do no more than `limit`: the meet of both sets.
 * A child (an API key, an exchanged token) never holds more than its parent.
 */
export function narrow(wanted: readonly Permission[], limit: readonly Permission[]): Permission[] {
  const kept = new Set<Permission>()
  for (const left of wanted) {
    for (const right of limit) {
      if (covers(right, left)) kept.add(left)
      else if (covers(left, right)) kept.add(right)
    }
  }
  return [...kept].filter((one) => ![...kept].some((other) => other !== one && covers(other, one)))
}

function covers(held: Permission, needed: Permission): boolean {
  if (held === '*' || held === needed) return true
  return held.endsWith(':*') && needed.startsWith(held.slice(0, -1))
}

/** What the authority itself asks for; everything else belongs to the applications. */
export const permissions = {
  accountsRead: 'accounts:read',
  accountsWrite: 'accounts:write',
  serviceAccountsRead: 'service-accounts:read',
  serviceAccountsWrite: 'service-accounts:write',
  rolesRead: 'roles:read',
  rolesWrite: 'roles:write',
  sessionsRead: 'sessions:read',
  sessionsRevoke: 'sessions:revoke',
  apiKeysRead: 'api-keys:read',
  apiKeysWrite: 'api-keys:write',
  clientsRead: 'clients:read',
  clientsWrite: 'clients:write',
  signingKeysRead: 'signing-keys:read',
  signingKeysWrite: 'signing-keys:write',
  credentialsVerify: 'credentials:verify',
  revocationsRead: 'revocations:read',
  revocationsWrite: 'revocations:write',
  auditRead: 'audit:read',
  overviewRead: 'overview:read',
  settingsRead: 'settings:read',
  mailTest: 'mail:test',
  decisionsRead: 'decisions:read',
  riskRead: 'risk:read',
  riskWrite: 'risk:write',
} as const
