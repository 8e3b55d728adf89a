/** Plain hashes by the runtime's own cryptography, for PKCE (RFC 7636 §4.6) and `at_hash` (OIDC Core §3.1.3.6). */
import { createHash } from 'node:crypto'
import type { Hashes } from '@countersign/core'

export const hashes: Hashes = {
  sha256: (text) => createHash('sha256').update(text).digest('base64url'),
  leftHalf: (text, algorithm) => {
    // Ed25519 hashes with SHA-512 (RFC 8037 §3.1); all others of ours with SHA-256.
    const whole = createHash(algorithm === 'EdDSA' ? 'sha512' : 'sha256')
      .update(text)
      .digest()
    return whole.subarray(0, whole.length / 2).toString('base64url')
  },
}
