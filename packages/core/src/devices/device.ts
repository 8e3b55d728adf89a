/**
 * A browser that an account was signed in to in before. It holds a random secret and is known by it, so that it
 * still gets in while strangers guess at the account, and so that a new one stands out.
 */
import type { AccountId, DeviceId } from '@countersign/protocol'

export interface Device {
  readonly id: DeviceId
  readonly accountId: AccountId
  /** A short name for people, such as "Firefox on Windows". */
  readonly name: string | null
  readonly createdAtMs: number
  readonly lastSeenAtMs: number
  /** Until when it is spared the second factor, where nobody demands one; null where it never was. */
  readonly trustedUntilMs: number | null
}

/** One more forgets the one that was not seen for longest. */
export const DEVICES_PER_ACCOUNT_MAX = 20
/** How long an unused one is known; browsers keep no cookie longer (6265bis §5.5). */
export const DEVICE_SECONDS: number = 400 * 86_400
/** People who share a browser have a secret each: at most so many are kept and looked at. */
export const DEVICE_SECRETS_MAX = 4
