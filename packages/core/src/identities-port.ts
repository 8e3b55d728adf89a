/**
 * The part of the store's port that keeps identities: accounts elsewhere that people sign in with. The rules of
 * `store-port.ts` hold here as well. One identity is one account's, which a unique row decides.
 */
import type { AccountId, IdentityId, RoleId } from '@countersign/protocol'
import type { Account } from './accounts/account.ts'
import type { AuditEvent } from './audit/event.ts'
import type { Device } from './devices/device.ts'
import type { FactorWay } from './factors/factor.ts'
import type { OpenedSession, SessionDraft } from './factors-port.ts'
import type { Identity } from './identities/identity.ts'
import type { QueuedMail } from './mail-port.ts'
import type { WithHead } from './store-port.ts'

/** Whose identity it is, and what a sign-in of theirs is decided by. */
export interface FoundIdentity {
  readonly identity: Identity
  readonly account: Account
  readonly roles: readonly RoleId[]
  readonly ways: readonly FactorWay[]
  /** The browser, where the account knows it. */
  readonly device: Device | null
}

export interface IdentityStore {
  /** With the head before it. */
  readIdentityToSignIn(input: {
    issuer: string
    subject: string
    deviceDigests: readonly string[]
  }): Promise<WithHead<{ found: FoundIdentity | null }>>
  /** Of an account, the oldest first. */
  readIdentities(account: AccountId): Promise<readonly Identity[]>
  /**
   * An account that begins with an identity: both or neither. `address_taken`: somebody has an account with that
   * address; `known`: somebody has that identity.
   */
  createAccountByIdentity(input: {
    account: Account
    identity: Identity
    roles: readonly RoleId[]
    audit: AuditEvent
  }): Promise<'created' | 'address_taken' | 'known'>
  /** Opens the session while the identity is there, and notes its use. */
  signInWithIdentity(
    input: SessionDraft & { identity: IdentityId },
  ): Promise<OpenedSession | { kind: 'account_gone' | 'identity_gone' }>
  /** `known`: the account has that identity already, or another one has, which is not told apart. */
  addIdentity(input: {
    identity: Identity
    identitiesMax: number
    audit: AuditEvent
    mails: readonly QueuedMail[]
  }): Promise<'added' | 'known' | 'limit_reached' | 'account_gone'>
  /** The last one stays where the account has neither password nor passkey, and `mustKeepWayIn`. */
  removeIdentity(input: {
    account: AccountId
    id: IdentityId
    mustKeepWayIn: boolean
    audit: AuditEvent
    mails: readonly QueuedMail[]
  }): Promise<'removed' | 'not_found' | 'last_way_in'>
}
