/** The part of the store's port that an overview is read from. It looks at bounded parts, so that looking costs little. */
import type { AccountId } from '@countersign/protocol'

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

export interface OverviewStore {
  countEvents(input: { type: string; sinceMs: number; partMs: number }): Promise<CountedEvents>
  readAttention(input: {
    nowMs: number
    unusedSinceMs: number
    oldSinceMs: number
    mailsSinceMs: number
  }): Promise<Attention>
}
