/**
 * What the feed asks of the world around it, and what it offers (lease protocol). It reads no clock, sets no
 * timer and knows no database by itself, so that a test can run the very same code in a world of its own.
 */
import type { Bus, Clock, LogStore } from '@countersign/core'
import type { PrincipalId } from '@countersign/protocol'
import type { FeedAnswer } from '@countersign/verifier'

export type { Bus, BusListener } from '@countersign/core'

export type FeedClock = Clock

export interface Timers {
  /** Runs something once after at least about `ms` milliseconds; the answer cancels it. */
  set(ms: number, run: () => void): () => void
}

/** The log on the primary store. Each call is a read, or a write, that begins after the call. */
export type FeedLog = Pick<LogStore, 'readEntries' | 'markFollowed'>

/** One of the authority's own verifiers: `Checker` is one. */
export interface FeedTaker {
  apply(answer: FeedAnswer): boolean
  /** Ends the lease: a snapshot has begun to arrive and is not complete yet. */
  endLease(): void
}

export type FeedEvent =
  /** The log is shorter than it was, in the same epoch: an old backup was restored without a new epoch. */
  | { readonly kind: 'log_went_backwards'; readonly known: number; readonly read: number }
  /** A verifier has applied more than there is: the same, seen by another. At most once a minute. */
  | { readonly kind: 'poll_beyond_head'; readonly asked: number; readonly read: number }
  | { readonly kind: 'follow_failed'; readonly error: unknown }
  | { readonly kind: 'report_failed'; readonly error: unknown }
  | { readonly kind: 'bus_lost' }
  | { readonly kind: 'bus_listening' }

export interface FeedParts {
  /** Random, and never used by another process: 16 to 64 characters of `A-Z a-z 0-9 _ -`. */
  readonly node: string
  readonly leaseMs: number
  readonly clock: FeedClock
  readonly timers: Timers
  readonly log: FeedLog
  /** Null where no other node can be on the same log: then nobody else has to be heard. */
  readonly bus: Bus | null
  /** The verifiers of this node's own routes. */
  readonly own: readonly FeedTaker[]
  /** Runs after entries about signing keys were applied, and before the node acknowledges them. */
  readonly onSigningKeys: () => Promise<void>
  readonly onEvent: (event: FeedEvent) => void
}

/** What is asked of an `AbortSignal`; one is costly to make for every poll, and a socket can say the same. */
export interface Leaving {
  readonly aborted: boolean
  addEventListener(type: 'abort', run: () => void): void
  removeEventListener(type: 'abort', run: () => void): void
}

export interface PollRequest {
  readonly verifier: string
  /** Whose credential the poll came with; null for the node's own. */
  readonly principal: PrincipalId | null
  /** Null for a verifier that knows nothing yet; `after` means nothing then. */
  readonly epoch: string | null
  readonly after: number
  /** How long the verifier would like to wait; cut down to half of the lease (rule 10). */
  readonly holdMs: number
  /** Aborts when the verifier has gone. Read only when there is time to wait. */
  readonly signal: Leaving | null
}

export type PollAnswer =
  /** The answer as it stands on the wire. `waited`: time has passed, so the poller must be checked again. */
  | { readonly kind: 'answer'; readonly body: string; readonly waited: boolean }
  /** Another poll of the same verifier has come, or the verifier has gone: nobody reads an answer. */
  | { readonly kind: 'abandoned' }
  | { readonly kind: 'stopping' }

/** How far a position has come, at the moment of asking. */
export interface Acknowledgement {
  /** No verifier can hold a lease any more that was granted without this position. */
  readonly complete: boolean
  /** Verifier processes, the nodes' own included, that have asked after it. */
  readonly acknowledged: number
  /** Those that may hold a lease and have not. */
  readonly behind: number
  /** Those that had not when the waiting began, and whose lease has run out since. */
  readonly lapsed: number
}

/** Somebody waits for a position. */
export interface Awaited {
  read(): Acknowledgement
  /** Lets go of what is kept for it. */
  close(): void
}

/** A process that may hold a lease from this node. */
export interface Standing {
  readonly id: string
  readonly isOwn: boolean
  /** Whose credential it polled with last; null for the node's own. */
  readonly principal: PrincipalId | null
  readonly position: number
  readonly askedMsAgo: number
}

export interface FeedStats {
  /** Processes that may hold a lease from this node, its own verifier included. */
  readonly verifiers: number
  /** How many positions the last of them is behind the head. */
  readonly lag: number
  readonly held: number
  readonly polls: number
  readonly answersWithEntries: number
  readonly wentBackwards: number
  readonly peers: number
  /** True while acknowledgements can confirm anything. */
  readonly knowsAll: boolean
}

export interface Feed {
  /** Begins to listen to other nodes, to report to them, and to follow the log every half second. */
  start(): void
  /** Ends every hold and takes no more polls: the node is about to stop. */
  release(): void
  /** Ends everything that runs by itself. What is asked for is still done. */
  stop(): void
  /** Resolves when everything committed before the call has been applied to the own verifiers. */
  follow(): Promise<void>
  /** The same after a commit of this node, which the other nodes are told about. */
  committed(): Promise<void>
  /** Throws what the store throws, and `Overloaded` where there are too many verifiers. */
  poll(request: PollRequest): Promise<PollAnswer>
  /** The head of the log as it was read last; null before the first read. */
  head(): { readonly epoch: string; readonly position: number } | null
  /** Up to here everything has been applied to the own verifiers. */
  position(): number
  /**
   * Where a position of an epoch stands. `sinceMs` is a moment on the monotonic clock after its commit.
   * Cheap, but not free: it looks at every verifier.
   */
  acknowledgement(epoch: string, position: number, sinceMs: number): Acknowledgement
  /** Tells all nodes that a position is awaited, and calls back once when it is complete. */
  await(epoch: string, position: number, sinceMs: number, onComplete: () => void): Awaited
  /** The longest lease that any node known here grants. */
  longestLeaseMs(): number
  stats(): FeedStats
  /** Those furthest behind first. Looks at every one. */
  followers(): readonly Standing[]
}

export type CreateFeed = (parts: FeedParts) => Feed
