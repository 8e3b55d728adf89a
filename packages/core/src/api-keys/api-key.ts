/** A key that a program presents by itself, narrowed to permissions, resources, audiences and addresses. */
import type { ApiKeyId, Permission, PrincipalId } from '@countersign/protocol'

export interface RateLimit {
  readonly requests: number
  readonly perSeconds: number
}

export interface ApiKey {
  readonly id: ApiKeyId
  readonly ownerId: PrincipalId
  readonly name: string
  readonly permissions: readonly Permission[]
  readonly resources: readonly string[]
  /** Empty means the first-party audiences. */
  readonly audiences: readonly string[]
  /** Addresses and CIDR blocks; empty means any. */
  readonly allowAddresses: readonly string[]
  readonly rateLimit: RateLimit | null
  readonly createdAtMs: number
  readonly createdBy: PrincipalId
  readonly expiresAtMs: number | null
  readonly endedAtMs: number | null
  readonly lastUsedAtMs: number | null
  readonly lastAddress: string | null
  /** Until when older secrets work beside the newest one. */
  readonly overlapEndsAtMs: number | null
  readonly issuedPosition: number
  /** Since when it is refused until somebody lets it work again. */
  readonly suspendedAtMs: number | null
}

/** What may be changed about a key; what is absent stays. */
export interface ApiKeyChange {
  readonly name?: string
  readonly permissions?: readonly Permission[]
  readonly resources?: readonly string[]
  readonly audiences?: readonly string[]
  readonly allowAddresses?: readonly string[]
  readonly rateLimit?: RateLimit | null
  /** A time suspends it, null lets it work again. */
  readonly suspendedAtMs?: number | null
}
