/** What a history leaves behind, in true time: credentials, revocations, checks, and what happened besides. */
import type { PathNode } from '@countersign/protocol'
import type { Freshness } from '@countersign/verifier'

export interface Credential {
  readonly number: number
  readonly kind: 'session' | 'api_key' | 'access_token'
  readonly text: string
  readonly id: string
  readonly path: readonly PathNode[]
  /** What each of its roles allowed when it was issued. */
  readonly versions: ReadonlyMap<string, number>
  /** When the rows were read that allowed it: whatever rules over them later hits it. */
  readonly allowedAtMs: number
  /** What an access token says of itself. */
  readonly epoch: string
  readonly position: number
  /** In true time, give or take the drift of one clock; null for none. */
  readonly expiresAtMs: number | null
  /** Issued between a backup and its restore: nobody knows it any more. */
  lostAtMs: number | null
}

export interface Revocation {
  readonly number: number
  readonly node: PathNode
  /** `narrow`: the role allows something else; `epoch`: everything issued before is void. */
  readonly effect: 'kill' | 'rule' | 'narrow' | 'epoch'
  readonly by: string
  readonly waitMs: number
  readonly begunAtMs: number
  /** What the role allows from now on. */
  version: number
  epoch: string
  position: number
  committedAtMs: number | null
  /** When the node said `confirmed`. */
  confirmedAtMs: number | null
  /** When the call ended, in whatever way. */
  endedAtMs: number | null
  /** When a restored backup took it away, or null. */
  lostAtMs: number | null
}

export type Outcome =
  | { readonly kind: 'accepted'; readonly permissions: readonly string[] }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'unavailable' }
  /** Its process ended before it did. */
  | { readonly kind: 'lost' }

export interface Check {
  readonly number: number
  /** The verifier, or the node at whose own API the credential was presented. */
  readonly at: string
  readonly credential: Credential
  readonly freshness: Freshness
  readonly beganAtMs: number
  endedAtMs: number | null
  outcome: Outcome | null
}

export interface History {
  readonly credentials: Credential[]
  readonly revocations: Revocation[]
  readonly checks: Check[]
  readonly notes: { readonly atMs: number; readonly text: string; readonly isFault: boolean }[]
  /** From here on the authority's time is not true time. */
  authorityClockMovedAtMs: number
  /** While a log that went backwards goes on in its old epoch, it promises nothing. */
  readonly backwards: { readonly fromMs: number; untilMs: number }[]
  /** Verifiers that were told of a log shorter than what they had applied, while it went on in its old epoch. */
  readonly broken: { readonly at: string; readonly fromMs: number; untilMs: number }[]
  /** Verifiers whose own API key was revoked, and when. */
  readonly outcasts: Map<string, number>
  /** What contradicted the protocol in the moment in which it happened. */
  readonly mistakes: Violation[]
}

export interface Violation {
  readonly rule: string
  readonly atMs: number
  readonly text: string
  readonly check?: Check
  readonly revocation?: Revocation
}

export const createHistory = (): History => ({
  credentials: [],
  revocations: [],
  checks: [],
  notes: [],
  authorityClockMovedAtMs: Number.POSITIVE_INFINITY,
  backwards: [],
  broken: [],
  outcasts: new Map(),
  mistakes: [],
})
