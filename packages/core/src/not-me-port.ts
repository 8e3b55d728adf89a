/**
 * The part of the store's port that takes back what was not done by its owner. The rules of `store-port.ts` hold here
 * as well.
 */
import type { AccountId, DeviceId, SessionId } from '@countersign/protocol'
import type { Account } from './accounts/account.ts'
import type { AuditEvent } from './audit/event.ts'
import type { QueuedMail } from './mail-port.ts'
import type { EndedCounts } from './revocations/revocation.ts'
import type { Session } from './sessions/session.ts'

/** A link by which an owner says so, while it can be used. */
export interface NotMeLink {
  readonly digest: string
  readonly account: Account
  /** Which need not be the account's address any more. */
  readonly sentTo: string
  /** The one that did it; null stands for all of them. */
  readonly session: SessionId | null
  /** The account has had another address since: this one is put back. */
  readonly restores: boolean
}

export interface NotMeStore {
  /** Uses nothing up. */
  readNotMeLink(digests: readonly string[], nowMs: number): Promise<NotMeLink | null>
  /** A session of the account, also one that has ended, and what was learned of it; null where there is none. */
  readOrigin(
    account: AccountId,
    session: SessionId,
  ): Promise<{
    readonly session: Session
    readonly device: DeviceId | null
    readonly profile: string | null
  } | null>
  /**
   * Uses the link, where there is one, and takes the sign-in back, all or none: ends the session (each of them, where
   * none is named), the keys whose secrets were shown in it and the grants that were given in it, with a kill for
   * each; forgets the device, the codes, the consents and the connected identities of it; ends half-way sign-ins, and links that could open something. The password is erased, or
   * has to be changed, and a rule for the account is appended: whoever has proved it before opens nothing with it.
   */
  disownSession(input: {
    account: AccountId
    session: SessionId | null
    linkDigest: string | null
    /** The address that the account gets back, unless another one has it by now. */
    restore: string | null
    password: 'erase' | 'require_change'
    /** Written where nothing else was learned since. */
    unlearned: { readonly profile: string; readonly signIns: number } | null
    nowMs: number
    entryExpiresAtMs: number
    audit: AuditEvent
    mails: readonly QueuedMail[]
  }): Promise<{ kind: 'disowned'; ended: EndedCounts } | { kind: 'link_gone' | 'not_found' }>
}
