/** What the routes ask of the services that people may sign in with. */
import type { ProvedIdentity } from '@countersign/core'
import type { Attempt } from './attempt.ts'

export interface ProviderName {
  readonly id: string
  /** For a button. */
  readonly name: string
}

/** Why there is no identity; for the log. `denied`: whoever was asked over there said no. */
export type ProviderFailure = 'denied' | 'unavailable' | 'answer_refused'

export type Redeemed =
  | { readonly ok: true; readonly proved: ProvedIdentity }
  | { readonly ok: false; readonly reason: ProviderFailure }

export interface Providers {
  /** In the order of the settings. */
  readonly names: readonly ProviderName[]
  /** Where a browser is sent; null where the service cannot be asked where that is. Throws for one that is not there. */
  authorizationUrl(attempt: Attempt, state: string): Promise<string | null>
  /** Reads the answer, redeems its code, and asks who it is. Never throws for what the service does. */
  redeem(attempt: Attempt, answer: URLSearchParams, state: string): Promise<Redeemed>
}
