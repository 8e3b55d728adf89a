/**
 * What core asks of the store. Each method is one transaction or one read, and its name says what is atomic.
 * Methods that change a verdict append to the revocation log in the same transaction, as its last statement;
 * methods that take an audit event write it in the same transaction. All throw `StoreUnavailable` when the
 * database cannot be reached, and then nothing was done or the outcome is unknown.
 */
import type {
  AccountId,
  ApiKeyId,
  NodeKind,
  PathNode,
  Permission,
  PrincipalId,
  RevocationId,
  RoleId,
  ServiceAccountId,
  SessionId,
} from '@countersign/protocol'
import type { Account } from './accounts/account.ts'
import type { AliasStore } from './aliases-port.ts'
import type { ApiKey } from './api-keys/api-key.ts'
import type { HourOfUse } from './api-keys/usage.ts'
import type { ApiKeyStore } from './api-keys-port.ts'
import type { AuditEvent } from './audit/event.ts'
import type { AuthorizationStore } from './authorizations-port.ts'
import type { ClientStore } from './clients-port.ts'
import type { DeviceCodeStore } from './device-codes-port.ts'
import type { DeviceStore } from './devices-port.ts'
import type { FactorWay } from './factors/factor.ts'
import type { FactorStore, OpenedSession, SessionDraft } from './factors-port.ts'
import type { GrantStore } from './grants-port.ts'
import type { IdentityStore } from './identities-port.ts'
import type { InvitationStore } from './invitations-port.ts'
import type { LinkStore } from './links-port.ts'
import type { LogoutStore } from './logouts-port.ts'
import type { MailStore, QueuedMail } from './mail-port.ts'
import type { NotMeStore } from './not-me-port.ts'
import type { PasskeyStore } from './passkeys-port.ts'
import type { PasswordStore } from './passwords-port.ts'
import type { RegistrationStore } from './registrations-port.ts'
import type { EndedCounts, LogHead, LogPage, RevocationRecord } from './revocations/revocation.ts'
import type { RiskStore } from './risk-port.ts'
import type { Role } from './roles/role.ts'
import type { ServiceAccount } from './service-accounts/service-account.ts'
import type { Session } from './sessions/session.ts'
import type { SignUpStore } from './sign-ups-port.ts'
import type { AuditStore, Housekeeping, SigningKeyStore } from './upkeep-port.ts'

/** A page of rows ordered by id, newest first. `after` is the last id of the page before. */
export interface PageRequest {
  readonly limit: number
  readonly after: string | null
}

/** What a principal may do now, and the highest position before which its credentials are dead. */
export interface Rights {
  readonly roles: readonly RoleId[]
  readonly permissions: readonly Permission[]
  /** Credentials issued at a lower position are dead: the greatest `revoked_before` of issuer, principal and roles. */
  readonly floor: number
  readonly disabledAtMs: number | null
}

export interface PrincipalView {
  readonly kind: 'account' | 'service_account'
  readonly id: PrincipalId
  readonly name: string | null
  readonly email: string | null
  /** Audiences that a service account is bound to; empty means the first-party ones. */
  readonly audiences: readonly string[]
  readonly rights: Rights
}

/** No row beside it is older than the log's head: read in one snapshot, or the head first (lease protocol, rules 5 and 6). */
export type WithHead<T> = T & { readonly head: LogHead }

/** The log entry that a change carries; the store assigns its position. */
export interface EntryDraft {
  readonly node: PathNode
  /** `kill` ends the node; `rule` hits what was issued before the entry; `announce` hits nothing. */
  readonly effect: 'kill' | 'rule' | 'announce'
  readonly atMs: number
  readonly expiresAtMs: number
}

export interface LogStore {
  readHead(): Promise<LogHead>
  /** Entries after `position`, in order, at most `limit`, with the head as it was read in the same snapshot. */
  readEntries(position: number, limit: number): Promise<LogPage>
  /**
   * Deletes entries that expired at least the longest lease ago and stand more than `keepPositions` behind the
   * head, and raises `prunedUntilMs` to the latest of their ends. Returns how many.
   */
  pruneLog(nowMs: number, keepPositions: number): Promise<number>
  /** Notes that a verifier of another process follows the log; the first time stays. */
  markFollowed(nowMs: number): Promise<void>
  /** A new epoch: after a restore. Everything issued before is refused. Returns the new head. */
  startEpoch(epoch: string, audit: AuditEvent): Promise<LogHead>
}

export interface AccountStore {
  /** Creates the account with its roles unless the address is taken. */
  createAccount(input: {
    account: Account
    passwordHash: string | null
    roles: readonly RoleId[]
    audit: AuditEvent
  }): Promise<'created' | 'address_taken'>
  /**
   * Creates the first administrator, and a service account with an API key where asked, unless an account
   * with the role `administrator` exists. With `ticketDigests`, consumes that set-up ticket in the same step.
   */
  createFirstAdministrator(input: {
    account: Account
    passwordHash: string
    service: { account: ServiceAccount; key: ApiKey; digest: string } | null
    ticketDigests: readonly string[] | null
    audit: AuditEvent
  }): Promise<'created' | 'closed' | 'address_taken'>
  /** Puts a set-up ticket in place of all earlier ones, unless an administrator exists. */
  offerSetupTicket(digest: string, expiresAtMs: number): Promise<'offered' | 'closed'>
  readAccount(id: AccountId): Promise<(Account & { roles: readonly RoleId[] }) | null>
  /**
   * For signing in: the head, the account, its password hash and what else it can prove itself with. An unknown
   * address is answered with nothing of each, after as many statements.
   */
  readAccountByEmail(email: string): Promise<
    WithHead<{
      account: Account | null
      passwordHash: string | null
      /** When it was last looked up among leaked ones. */
      passwordCheckedAtMs: number | null
      roles: readonly RoleId[]
      ways: readonly FactorWay[]
    }>
  >
  listAccounts(
    /** `email` finds one by its address, `search` those with a text in address or name. */
    page: PageRequest & { email: string | null; search?: string | null },
  ): Promise<readonly (Account & { roles: readonly RoleId[] })[]>
  /** What those of these ids that have not ended are called, a person without a name by the address; in no order. */
  readPrincipalNames(
    ids: readonly PrincipalId[],
  ): Promise<readonly { readonly id: PrincipalId; readonly name: string }[]>
  /** Those people who may administer now, neither disabled nor ended; at most `max` of them. */
  listEnabledAdministrators(max: number): Promise<readonly AccountId[]>
  /** Replaces the hash only where it is still `from`: a change of password in between wins. */
  replacePasswordHash(id: AccountId, from: string, to: string): Promise<boolean>
  /** Changes what is given. Appends a rule for the account where a verdict would change. */
  changeAccount(input: {
    id: AccountId
    name?: string | null
    roles?: readonly RoleId[]
    /** A time disables (and ends everything issued before); null enables. */
    disabledAtMs?: number | null
    /** Another address, which nobody has verified; both are told, and the account's links end. */
    moved?: { readonly email: string; readonly mails: readonly QueuedMail[] } | null
    nowMs: number
    entryExpiresAtMs: number
    audit: AuditEvent
    /** Written where it disables an account that was not. */
    mails?: readonly QueuedMail[]
  }): Promise<'changed' | 'not_found' | 'unknown_role' | 'last_administrator' | 'address_taken'>
  /** Erases address, name and password, keeps the id, ends everything issued. */
  endAccount(input: {
    id: AccountId
    nowMs: number
    entryExpiresAtMs: number
    audit: AuditEvent
    mails?: readonly QueuedMail[]
  }): Promise<'ended' | 'not_found' | 'last_administrator'>
}

export interface ServiceAccountStore {
  createServiceAccount(input: {
    account: ServiceAccount
    roles: readonly RoleId[]
    audit: AuditEvent
  }): Promise<'created' | 'unknown_role'>
  readServiceAccount(id: ServiceAccountId): Promise<(ServiceAccount & { roles: readonly RoleId[] }) | null>
  listServiceAccounts(page: PageRequest): Promise<readonly (ServiceAccount & { roles: readonly RoleId[] })[]>
  changeServiceAccount(input: {
    id: ServiceAccountId
    name?: string
    roles?: readonly RoleId[]
    audiences?: readonly string[]
    disabledAtMs?: number | null
    nowMs: number
    entryExpiresAtMs: number
    audit: AuditEvent
  }): Promise<'changed' | 'not_found' | 'unknown_role'>
  endServiceAccount(input: {
    id: ServiceAccountId
    nowMs: number
    entryExpiresAtMs: number
    audit: AuditEvent
  }): Promise<'ended' | 'not_found'>
}

export interface RoleStore {
  createRole(role: Role, audit: AuditEvent): Promise<'created' | 'exists'>
  listRoles(): Promise<readonly Role[]>
  /** Appends a rule for the role: tokens and verdicts under it are made anew. */
  changeRole(input: {
    id: RoleId
    description?: string | null
    permissions?: readonly Permission[]
    nowMs: number
    entryExpiresAtMs: number
    audit: AuditEvent
  }): Promise<'changed' | 'not_found' | 'built_in'>
  /** Takes the role from all its holders. A `revoked_before` of the role passes to them, so that nothing revives. */
  endRole(input: {
    id: RoleId
    nowMs: number
    entryExpiresAtMs: number
    audit: AuditEvent
  }): Promise<'ended' | 'not_found' | 'built_in'>
}

export interface SessionStore {
  /**
   * Opens a session if the account is still alive at that position, and ends the least recently used ones
   * beyond `sessionsMax`, appending a kill for each. Ends the wrong passwords in a row of whoever is unknown and
   * of the device, which is known from then on.
   */
  openSession(input: SessionDraft): Promise<OpenedSession | { kind: 'account_gone' }>
  /** Everything that a verdict about a session needs, in one snapshot. */
  readSessionForVerdict(
    id: SessionId,
  ): Promise<WithHead<{ found: { session: Session; digest: string; principal: PrincipalView } | null }>>
  listSessions(account: AccountId, nowMs: number): Promise<readonly Session[]>
  /** Ends every live session of the account but one, with a kill for each. */
  endOtherSessions(input: {
    account: AccountId
    keep: SessionId | null
    nowMs: number
    entryExpiresAtMs: number
    audit: AuditEvent
  }): Promise<{ ended: readonly SessionId[] }>
  /**
   * Moves last use and the idle deadline forward, never back; ended sessions stay ended. `hours` are added to
   * the hourly counts.
   */
  recordUse(uses: {
    sessions: readonly { id: SessionId; atMs: number; address: string | null }[]
    apiKeys: readonly { id: ApiKeyId; atMs: number; address: string | null; count: number }[]
    hours?: readonly (HourOfUse & { readonly id: ApiKeyId })[]
  }): Promise<void>
}

export interface RevocationStore {
  /**
   * Ends the node: `kill` for session, grant, API key, access token and signing key; for the others the rule
   * is written to the row's `revoked_before`. `ended` counts what was alive under it, to 10,000 each.
   * Nothing is written and `not_found` returned where there is no such node; a node that had ended already
   * is ended again (the answer must not depend on who came first).
   */
  revoke(input: {
    id: RevocationId
    node: PathNode
    nowMs: number
    entryExpiresAtMs: number
    audit: AuditEvent
  }): Promise<{ kind: 'revoked'; position: number; ended: EndedCounts } | { kind: 'not_found' }>
  /** What `revoke` would end, and what of it was used since `usedSinceMs`. */
  countUnder(
    node: PathNode,
    nowMs: number,
    usedSinceMs: number,
  ): Promise<{ ended: EndedCounts; used: EndedCounts } | null>
  readRevocation(id: RevocationId): Promise<RevocationRecord | null>
  /** Who a node belongs to: decides whether revoking it is "one's own". Null where there is none. */
  readOwner(node: { kind: NodeKind; id: string }): Promise<{ owner: PrincipalId | null } | null>
}

export type Store = LogStore &
  AccountStore &
  FactorStore &
  IdentityStore &
  PasswordStore &
  PasskeyStore &
  DeviceStore &
  DeviceCodeStore &
  ServiceAccountStore &
  RoleStore &
  SessionStore &
  GrantStore &
  ClientStore &
  AliasStore &
  RegistrationStore &
  AuthorizationStore &
  ApiKeyStore &
  RevocationStore &
  RiskStore &
  SigningKeyStore &
  AuditStore &
  LinkStore &
  NotMeStore &
  SignUpStore &
  InvitationStore &
  MailStore &
  LogoutStore &
  Housekeeping
