/**
 * The part of the store's port that keeps what sign-ins are held against. The rules of `store-port.ts` hold here as
 * well. Profiles and grades are JSON that only core reads.
 */
import type { AccountId, ApiKeyId, AuditEventId, PrincipalId, ServiceAccountId } from '@countersign/protocol'
import type { AuditEvent } from './audit/event.ts'
import type { QueuedMail } from './mail-port.ts'
import type { Place } from './risk/attempt.ts'
import type { RiskAction } from './risk/policy.ts'

/** What has been learned by a sign-in that went through. */
export interface LearnedDraft {
  readonly account: AccountId
  readonly profile: string
  /** How many sign-ins are in it. Of two at once one stays: the other was not seen by it, and teaches nothing. */
  readonly signIns: number
  readonly expiresAtMs: number
}

/** How a right password was judged: enough to hold another policy against it, and no more. */
export interface JudgedAttempt {
  /** That of the event which tells how it went on. */
  readonly id: AuditEventId
  readonly account: AccountId
  readonly atMs: number
  readonly action: RiskAction
  readonly grades: string
  readonly expiresAtMs: number
}

/** Goes with the change that follows from the judgement. `anomaly` tells of it where it was unusual. */
export interface JudgedDraft {
  readonly attempt: JudgedAttempt
  readonly anomaly: AuditEvent | null
  /** For the owner, where a session was opened that they should know of. */
  readonly mails?: readonly QueuedMail[]
}

export interface RiskView {
  readonly policy: string | null
  readonly profile: string | null
  /** Wrong passwords for the account since `sinceMs`, at most 100. */
  readonly failures: number
  /** How many others were tried in vain from that network within the last hour, at most 64. */
  readonly networkAccounts: number
}

/** Whose tries in vain from where are looked for. */
export interface TriedFrom {
  readonly network: string
  /** As it is counted: the account's id, or what stands for an address that nobody has. */
  readonly subject: string
  readonly nowMs: number
}

/** A live key or service account, and what is known of its habits. */
export interface ProgramView {
  readonly owner: PrincipalId
  readonly name: string
  readonly isKey: boolean
  readonly isSuspended: boolean
  readonly policy: string | null
  /** JSON that only core reads; null where nothing has been learned yet. */
  readonly memory: string | null
  /** Grows with each writing; 0 where there is nothing yet. */
  readonly uses: number
}

/** What follows from some uses of one program. All of it is written, or nothing. */
export interface ProgramDraft {
  readonly subject: ApiKeyId | ServiceAccountId
  /** The `uses` that were read. Where others have written since, nothing is. */
  readonly before: number
  readonly uses: number
  readonly memory: string
  readonly expiresAtMs: number
  readonly anomalies: readonly AuditEvent[]
  readonly mails: readonly QueuedMail[]
  /** Of the key: with a rule in the log, and its event where it was not suspended before. */
  readonly suspension: {
    readonly nowMs: number
    readonly entryExpiresAtMs: number
    readonly audit: AuditEvent
  } | null
}

export interface RiskStore {
  /** Null for what is unknown or has ended. */
  readProgram(subject: ApiKeyId | ServiceAccountId): Promise<ProgramView | null>
  writeProgram(draft: ProgramDraft): Promise<'written' | 'stale'>
  /** Who is told of an owner's programs: the person; for a service account up to ten enabled administrators. */
  readWatchers(owner: PrincipalId): Promise<readonly { id: AccountId; email: string }[]>
  /** In as many statements for nobody (null) as for somebody. */
  readRisk(account: AccountId | null, sinceMs: number, from?: TriedFrom | null): Promise<RiskView>
  /** A right password that was taken for a stranger's all the same. */
  refuseJudged(input: { judged: JudgedDraft; audit: AuditEvent }): Promise<void>
  readRiskPolicy(): Promise<{ policy: string; changedAtMs: number } | null>
  writeRiskPolicy(input: { policy: string; nowMs: number; audit: AuditEvent }): Promise<void>
  /** Attempts of `sinceMs` and later, the oldest first; `after` is the last id of the page before. */
  listJudged(sinceMs: number, after: AuditEventId | null, limit: number): Promise<readonly JudgedAttempt[]>
}

/** Where addresses are. Without a data file everything is unknown. */
export interface Places {
  find(address: string | null): Place | null
}
