/** A key that signs tokens, the line of keys that it stands in, and the states it passes through. */
import type { IdTokenAlgorithm, KeyAlgorithm, SigningKeyId } from '@countersign/protocol'

/**
 * next: published, not yet signing. current: signs. previous: no longer signs, still verifies. retired: out
 * of JWKS since nothing it signed can be valid. removed: compromised, ended at once.
 */
export type SigningKeyState = 'next' | 'current' | 'previous' | 'retired' | 'removed'

/**
 * Keys follow one another in lines, each with one current key. `main` signs everything, by the algorithm that the server
 * is set to. A further line is for one algorithm that clients have asked for, and signs their ID tokens and nothing else.
 */
export type SigningKeyLine = 'main' | IdTokenAlgorithm

export interface SigningKey {
  readonly id: SigningKeyId
  readonly line: SigningKeyLine
  readonly algorithm: KeyAlgorithm
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
