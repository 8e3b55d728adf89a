/**
 * The part of the store's port that keeps second factors and tickets. The rules of `store-port.ts` hold here as
 * well. One-time use is decided by one conditional update each: of a ticket, of a time step, of a recovery code.
 */
import type { AccountId, DeviceId, FactorId, RoleId, SessionId } from '@countersign/protocol'
import type { Account } from './accounts/account.ts'
import type { AuditEvent } from './audit/event.ts'
import type { DeviceDraft, SignInTry } from './devices-port.ts'
import type { Factor, FactorWay, Proof, TotpSeed } from './factors/factor.ts'
import type { Passkey } from './factors/passkey.ts'
import type { Ticket } from './factors/ticket.ts'
import type { GrantDraft } from './grants-port.ts'
import type { QueuedMail } from './mail-port.ts'
import type { JudgedDraft, LearnedDraft } from './risk-port.ts'
import type { Session } from './sessions/session.ts'

export interface FactorsView {
  /** Of the account, for telling its owner of changes. */
  readonly email: string
  /** False where a provider alone, or a link to its mail, opens the account. */
  readonly hasPassword: boolean
  readonly roles: readonly RoleId[]
  /** Confirmed ones, the oldest first. */
  readonly factors: readonly Factor[]
  readonly recoveryCodesLeft: number
  readonly closed: readonly FactorWay[]
}

/** What a ticket leads to, and all that a presented factor is compared with. */
export interface TakenTry {
  readonly ticket: Ticket
  /** Under which the ticket is stored. */
  readonly digest: string
  readonly account: Account
  readonly passwordHash: string | null
  /** Confirmed ones; for a ticket to enrol with, the one that was offered with it. */
  readonly totps: readonly TotpSeed[]
  readonly passkeys: readonly Passkey[]
  /** Of the code with the number that was asked for, while it is unused. */
  readonly recoveryHash: string | null
  /** Failures in a row, this try counted as one until it succeeds; 0 for passkeys, which cannot be guessed. */
  readonly failures: number
}

/** Everything that `openSession` is given besides. */
export interface SessionDraft {
  readonly session: Session
  readonly digest: string
  readonly grant: GrantDraft | null
  readonly sessionsMax: number
  readonly entryExpiresAtMs: number
  readonly audit: AuditEvent
  /** How it was judged, unless a ticket has told before, and what is learned from it. */
  readonly judged?: JudgedDraft | null
  readonly learned?: LearnedDraft | null
  /** The browser that the session is opened in; programs have none. */
  readonly device?: DeviceDraft
  /** The try of a password that has led to it at once. */
  readonly proved?: SignInTry
  /** The device that the factor was spared on: it has to be trusted still. */
  readonly trusted?: DeviceId
}

/** What was written with it. */
export interface OpenedSession {
  readonly kind: 'opened'
  readonly endedOverCap: readonly SessionId[]
  /** The device that was known, or is from now on. */
  readonly device: DeviceId | null
}

/** Goes into the outbox together with what it tells of. */
interface Telling {
  readonly mails?: readonly QueuedMail[]
}

export interface FactorStore {
  /** Null where there is no such account. */
  readFactors(account: AccountId, failuresMax: number): Promise<FactorsView | null>
  /** `proved`: the row of wrong passwords that the right one has ended. */
  openTicket(input: {
    digest: string
    ticket: Ticket
    audit: AuditEvent | null
    judged?: JudgedDraft | null
    proved?: SignInTry
  }): Promise<void>
  /** The ticket, if it could still be used; counts nothing. */
  readTicket(
    digests: readonly string[],
    nowMs: number,
  ): Promise<{ digest: string; ticket: Ticket; account: Account } | null>
  /**
   * Takes one of the ticket's tries and one of the factor's failures before anything is compared, so that no
   * number of guesses at once gets past either limit. `session` is the one that the ticket must be bound to.
   * Failures of passkeys are not counted: nobody guesses a signature, and nobody may close one by failing.
   */
  takeTry(input: {
    digests: readonly string[]
    session: SessionId | null
    way: FactorWay
    recoveryNumber: number | null
    triesMax: number
    failuresMax: number
    nowMs: number
  }): Promise<{ kind: 'taken'; taken: TakenTry } | { kind: 'gone' } | { kind: 'closed'; account: AccountId }>
  /** Spends ticket and proof and opens the session, all or none. */
  completeSignIn(
    input: SessionDraft &
      Telling & {
        ticketDigest: string
        proof: Proof
        /** Tells of the factor that this sign-in adds; null where it adds none. */
        enrolment: AuditEvent | null
        /** Until when the browser is spared the factor from now on; null where nobody asked for that. */
        trustUntilMs?: number | null
      },
  ): Promise<OpenedSession | { kind: 'account_gone' | 'ticket_gone' | 'proof_used' }>
  /**
   * Spends ticket and proof and raises the session: new methods, level and time, and a new secret in place of
   * the one before. Appends a rule for the session, so that verdicts and tokens are made anew.
   */
  completeStepUp(
    input: Telling & {
      ticketDigest: string
      proof: Proof
      session: SessionId
      account: AccountId
      digest: string
      amr: readonly string[]
      acr: string
      nowMs: number
      entryExpiresAtMs: number
      audit: AuditEvent
    },
  ): Promise<'raised' | 'session_gone' | 'ticket_gone' | 'proof_used'>
  /**
   * Offers a factor in place of one that waits for its first code. With a ticket, only while that one could
   * be used and the account has no factor yet: a right password alone must not change the factors of an account.
   */
  offerFactor(input: {
    factor: Factor
    sealedSeed: string
    offeredUntilMs: number
    factorsMax: number
    ticketDigest: string | null
    nowMs: number
    audit: AuditEvent
  }): Promise<'offered' | 'limit_reached' | 'account_gone' | 'ticket_gone'>
  /** A factor of the account that waits for its first code. */
  readOffer(account: AccountId, id: FactorId, nowMs: number): Promise<TotpSeed | null>
  /** Confirms it with its first code. `recoveryHashes` are written where it is the account's first factor. */
  confirmFactor(
    input: Telling & {
      account: AccountId
      id: FactorId
      step: number
      recoveryHashes: readonly string[]
      nowMs: number
      audit: AuditEvent
    },
  ): Promise<{ kind: 'confirmed'; factor: Factor; isFirst: boolean } | { kind: 'gone' }>
  /**
   * Removes a factor and opens it again for others of its kind; with the last one the recovery codes go too. The last one
   * stays where `mustKeepOne`, or one of the roles that the account holds by then, demands one.
   */
  removeFactor(
    input: Telling & {
      account: AccountId
      id: FactorId
      mustKeepOne: boolean
      mustKeepOneRoles: readonly RoleId[]
      /** The same for the last passkey that cannot be copied. */
      mustKeepDevice: boolean
      mustKeepDeviceRoles: readonly RoleId[]
      audit: AuditEvent
    },
  ): Promise<'removed' | 'not_found' | 'last_factor'>
  /** Puts codes in place of all earlier ones; `no_factor` where there is nothing that they could stand in for. */
  replaceRecoveryCodes(
    input: Telling & {
      account: AccountId
      hashes: readonly string[]
      nowMs: number
      audit: AuditEvent
    },
  ): Promise<'replaced' | 'no_factor'>
  /** Forgets the failures of every factor of the account. */
  reopenFactors(account: AccountId, audit: AuditEvent): Promise<'reopened' | 'not_found'>
}
