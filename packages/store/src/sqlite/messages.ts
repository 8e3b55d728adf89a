/**
 * What the main thread and the writer's thread say to each other. Both keep the order of what they are sent,
 * so requests and answers need no numbers: the first answer belongs to the first request.
 */

export interface WriterSettings {
  readonly file: string
  /** URL of the module that exports `transactions`. */
  readonly transactionsModule: string
  readonly limits: GroupLimits
  /** Tables whose changes are told with the answers. */
  readonly watched: readonly string[]
  /** Transactions whose COMMIT does not wait for the disk. */
  readonly relaxed: readonly string[]
}

/** How much one COMMIT may hold back: whichever comes first. */
export interface GroupLimits {
  readonly requestsMax: number
  readonly durationMsMax: number
}

export interface WriteRequest {
  readonly name: string
  readonly input: unknown
}

export type ToWriter =
  | { readonly kind: 'write'; readonly requests: readonly WriteRequest[] }
  | { readonly kind: 'ping' }
  | { readonly kind: 'close' }

export type FromWriter =
  | { readonly kind: 'opened' }
  | { readonly kind: 'refused'; readonly message: string }
  | ({ readonly kind: 'answered'; readonly isWatchedChanged: boolean } & GroupAnswers)
  | { readonly kind: 'pong' }

/** One value per request of the group, in order; the value of a request with a fault means nothing. */
export interface GroupAnswers {
  readonly values: readonly unknown[]
  readonly faults: readonly Fault[]
}

/** Why a request was not done. Nothing of it is in the database. */
export interface Fault {
  /** Which request of the group, from 0. */
  readonly index: number
  /** `unavailable`: the database could not; `failed`: the transaction threw. */
  readonly kind: 'unavailable' | 'failed'
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
}
