/** A program that calls the API under its own name. */
import type { ServiceAccountId } from '@countersign/protocol'

export interface ServiceAccount {
  readonly id: ServiceAccountId
  readonly name: string
  /** Audiences that its questions about credentials are answered for; empty means the first-party ones. */
  readonly audiences: readonly string[]
  readonly createdAtMs: number
  readonly disabledAtMs: number | null
}
