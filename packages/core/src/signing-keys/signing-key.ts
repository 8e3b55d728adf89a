/** A key that signs access tokens, and the states it passes through. */
import type { SigningAlgorithm, SigningKeyId } from '@countersign/protocol'

/**
 * next: published, not yet signing. current: signs. previous: no longer signs, still verifies. retired: out
 * of JWKS since nothing it signed can be valid. removed: compromised, ended at once.
 */
export type SigningKeyState = 'next' | 'current' | 'previous' | 'retired' | 'removed'

export interface SigningKey {
  readonly id: SigningKeyId
  readonly algorithm: SigningAlgorithm
  readonly state: SigningKeyState
  /** Null for HS256, whose key is nobody else's to see. */
  readonly publicJwk: Readonly<Record<string, string>> | null
  /** Encrypted by `Secrets.seal` with the key's id as context. */
  readonly sealedPrivateKey: string
  readonly createdAtMs: number
  readonly promotedAtMs: number | null
  /** When it stopped signing. */
  readonly demotedAtMs: number | null
  readonly retiredAtMs: number | null
  /** Where the log announced it; null for a key that an earlier version published. */
  readonly publishedPosition: number | null
}

/** A key before the store gives its announcement a position. */
export type SigningKeyDraft = Omit<SigningKey, 'publishedPosition'>
