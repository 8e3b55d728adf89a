/**
 * The part of the store's port that keeps known devices, and how often a password was wrong in a row. The rules of
 * `store-port.ts` hold here as well.
 */
import type { AccountId, DeviceId, RoleId } from '@countersign/protocol'
import type { Account } from './accounts/account.ts'
import type { AuditEvent } from './audit/event.ts'
import type { Device } from './devices/device.ts'
import type { FactorWay } from './factors/factor.ts'
import type { FailureRow, WaitRules } from './passwords/waits.ts'
import type { WithHead } from './store-port.ts'

/** Where strangers' tries are counted over all accounts, each account once in a window. */
export interface TriedNetwork {
  readonly digest: string
  /** When the window began. */
  readonly sinceMs: number
  readonly windowMs: number
  readonly rules: WaitRules
}

/** What wrong passwords are counted for: whom somebody tried to be, on which known device or on none. */
export interface SignInTry {
  /** The account's id, or what stands for an address that nobody has. */
  readonly subject: string
  readonly device: DeviceId | null
  /** Null on a known device, which no network keeps out, and where the network is not known. */
  readonly network?: TriedNetwork | null
}

/** Told at a sign-in: what the browser presented, and what it is to be known by if that is nothing good. */
export interface DeviceDraft {
  /** Digests of all that was presented, under every pepper that is still known. */
  readonly presented: readonly string[]
  readonly fresh: { readonly id: DeviceId; readonly digest: string; readonly name: string | null } | null
}

export interface DeviceStore {
  /**
   * All that the first step of a sign-in asks, in as many statements for an address that nobody has, whose
   * failures are counted for `nobody`.
   */
  readSignIn(input: {
    email: string
    nobody: string
    deviceDigests: readonly string[]
    network?: TriedNetwork | null
  }): Promise<
    WithHead<{
      account: Account | null
      passwordHash: string | null
      /** When it was last looked up among leaked ones. */
      passwordCheckedAtMs: number | null
      roles: readonly RoleId[]
      ways: readonly FactorWay[]
      tried: SignInTry
      failures: FailureRow | null
      /** Of the device that is known. */
      trustedUntilMs: number | null
      /** Of the network, where that is counted. */
      networkFailures: FailureRow | null
    }>
  >
  /**
   * Counts a failure before anything is compared, for the account and the network, unless a wait is running or there
   * were too many. Conditional statements decide, so that no number of guesses at once gets past them.
   * `networkFailures`: how many accounts were tried from there, where this one is new among them.
   */
  takeSignInTry(
    input: SignInTry & { nowMs: number; rules: WaitRules },
  ): Promise<
    | { kind: 'taken'; failures: number; networkFailures?: number }
    | { kind: 'waiting'; retryAfterMs: number }
    | { kind: 'closed'; retryAfterMs: number }
  >
  /** The one that was seen last first. */
  listDevices(account: AccountId): Promise<readonly Device[]>
  /** The device of the account that one of these digests belongs to. */
  readDevice(account: AccountId, digests: readonly string[]): Promise<Device | null>
  /** Forgets one device, or all of them where `id` is null. Returns how many. */
  forgetDevices(input: { account: AccountId; id: DeviceId | null; audit: AuditEvent }): Promise<number>
}
