/**
 * The part of the store's port that keeps the authority itself in order: signing keys, the audit log and its
 * chain, and what is deleted in time. The rules of `store-port.ts` hold here as well.
 */
import type { AccountId, IdTokenAlgorithm, SigningKeyId } from '@countersign/protocol'
import type { AuditEvent, AuditQuery, ChainedAuditEvent } from './audit/event.ts'
import type { AssurancePolicy } from './factors/assurance.ts'
import type { OverviewStore } from './overview-port.ts'
import type { SigningKey, SigningKeyDraft, SigningKeyState } from './signing-keys/signing-key.ts'

export interface SigningKeyStore {
  listSigningKeys(): Promise<readonly SigningKey[]>
  /** What live clients have asked to have their ID tokens signed with. */
  listIdTokenAlgorithms(): Promise<readonly IdTokenAlgorithm[]>
  /**
   * Adds a key and announces it; nothing happens if its line has a key in one of the states of `onlyIfNone`. Promoting and retiring are announced as well (lease protocol, rule 8).
   */
  addSigningKey(
    key: SigningKeyDraft,
    onlyIfNone: readonly SigningKeyState[],
    audit: AuditEvent,
  ): Promise<boolean>
  /** next → current and, in its line, current → previous, in one step, if both are still what they were. */
  promoteSigningKey(input: { id: SigningKeyId; nowMs: number; audit: AuditEvent }): Promise<boolean>
  retireSigningKey(input: { id: SigningKeyId; nowMs: number; audit: AuditEvent }): Promise<boolean>
}

export type * from './overview-port.ts'

export interface AuditStore extends OverviewStore {
  /** An event with no change beside it: a refused sign-in, a credential in a URL. */
  appendAudit(events: readonly AuditEvent[]): Promise<void>
  /**
   * The same for events that may have been written before, as far as the caller knows: those are left as they are. With
   * `chain` they are linked as well, if its holder still has the lease and the chain still ends there; else they are
   * written unlinked. `repeated`: one of them was there already, so that nothing was written.
   */
  appendGathered(
    events: readonly AuditEvent[],
    chain: {
      holder: string
      nowMs: number
      afterPosition: number
      /** One for each event, in their order. */
      links: readonly { position: number; hash: string }[]
    } | null,
  ): Promise<'linked' | 'unlinked' | 'repeated'>
  /**
   * Writes down which levels are demanded now, where they are others than were written down last; what was raised since
   * is a rule in the revocation log: for the issuer, or for each role. Of two that start at once, one writes.
   */
  recordAssurance(input: {
    assurance: AssurancePolicy
    issuer: string
    nowMs: number
    entryExpiresAtMs: number
    /** With the details `everyone` and `roles`, from which the next one reads what was demanded. */
    audit: AuditEvent
  }): Promise<'recorded' | 'same'>
  listAudit(query: AuditQuery): Promise<readonly ChainedAuditEvent[]>
  /** What an account did and what was done to it, the newest first; `after` is the last id of the page before. */
  listActivity(
    account: AccountId,
    page: { readonly limit: number; readonly after: string | null },
  ): Promise<readonly AuditEvent[]>
  /** Takes or renews the chainer's lease; false while another process holds it. */
  takeChainLease(holder: string, nowMs: number, untilMs: number): Promise<boolean>
  /** The end of the chain, and committed events that are not in it yet, oldest first. */
  readUnchained(
    limit: number,
  ): Promise<{ tail: { position: number; hash: string }; events: readonly AuditEvent[] }>
  /** Appends links if `holder` still has the lease and the tail is still `afterPosition`; all or none. */
  appendLinks(input: {
    holder: string
    nowMs: number
    afterPosition: number
    links: readonly { event: string; position: number; hash: string }[]
  }): Promise<boolean>
  /** Chained events after a position, in chain order: for verifying the chain. */
  readChain(afterPosition: number, limit: number): Promise<readonly ChainedAuditEvent[]>
}

export interface Housekeeping {
  /** Deletes what ended or expired before `beforeMs`, at most `limit` rows of each kind. Returns how many. */
  sweep(beforeMs: number, limit: number): Promise<number>
  /** Deletes hourly counts of API keys that begin before `beforeMs`, at most `limit`. Returns how many. */
  sweepUsage(beforeMs: number, limit: number): Promise<number>
  /**
   * Forgets what could be presented once, codes of devices, and what was tried in vain from networks, where it has
   * expired before `beforeMs`: at most `limit` of each. Returns how many of the kind with most.
   */
  sweepUsed(beforeMs: number, limit: number): Promise<number>
  /** Deletes devices and rows of wrong passwords that nothing was heard of since `beforeMs`, at most `limit` of each. */
  sweepDevices(beforeMs: number, limit: number): Promise<number>
  /** Answers when the database does: for readiness. */
  ping(): Promise<void>
}

/**
 * For events that report no change, and are no sign of an attack either: such as that a program got an access token,
 * which no row stands for. They are committed a moment later, together with others (ADR 0042).
 */
export interface GatheredAudit {
  /**
   * Resolves at once while what was gathered before could be written; otherwise only when that has been committed.
   * Rejects, and forgets the event, where it could not: then the thing that it tells of must not happen.
   */
  append(event: AuditEvent): Promise<void>
  /** Resolves when all that was gathered before the call has been committed. Rejects where that fails; it is kept. */
  flush(): Promise<void>
  /** The same before anybody reads the audit log, which can be read while nothing can be written. Never rejects. */
  settle(): Promise<void>
}
