/** The part of the store's port that an overview is read from. It looks at bounded parts, so that looking costs little. */
import type { AccountId, ApiKeyId, ClientId, PrincipalId } from '@countersign/protocol'

export interface CountedEvents {
  /** Where a part of the time begins, and how many events of this type it has. */
  readonly counts: readonly { readonly atMs: number; readonly count: number }[]
  /** There are more than were looked at; the newest were. */
  readonly isCut: boolean
}

export interface Attention {
  /** Keys alive that nobody has used for long, of the oldest that there are. */
  readonly keysUnused: number
  /** Keys alive without an end. */
  readonly keysEndless: number
  /** Keys and clients whose secret nobody has changed for long. */
  readonly keysOld: number
  readonly clientsOld: number
  /** Administrators whom a password alone lets in: how many, and the first of them. */
  readonly administrators: readonly { readonly id: AccountId; readonly email: string }[]
  readonly mailsWaiting: number
  readonly mailsFailed: number
}

/** Secrets by their age: of the root, of keys and of clients. Never one of them, nor what it could be known by. */
export interface SecretAges {
  readonly root: readonly { readonly version: string; readonly seenAtMs: number | null }[]
  /** The oldest secrets first, of those keys and clients that are alive. */
  readonly apiKeys: readonly AgedKey[]
  readonly clients: readonly AgedClient[]
}
export interface AgedKey {
  readonly id: ApiKeyId
  readonly name: string
  readonly ownerId: PrincipalId
  readonly madeAtMs: number
  readonly expiresAtMs: number | null
  readonly lastUsedAtMs: number | null
}
export interface AgedClient {
  readonly id: ClientId
  readonly name: string
  readonly madeAtMs: number
  /** When a token for the client itself was last issued. */
  readonly lastUsedAtMs: number | null
}

export interface OverviewStore {
  readSecretAges(input: { nowMs: number }): Promise<SecretAges>
  countEvents(input: { type: string; sinceMs: number; partMs: number }): Promise<CountedEvents>
  readAttention(input: {
    nowMs: number
    unusedSinceMs: number
    oldSinceMs: number
    mailsSinceMs: number
  }): Promise<Attention>
}
