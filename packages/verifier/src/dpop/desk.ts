/** What a verifier does about proofs: reads them, remembers those that were used, and asks for nonces where it is told to. */

import { PROOF_SECONDS } from '@countersign/protocol'
import type { HeaderValue } from '../credential-of-request.ts'
import type { AuthenticateOptions, ProofOptions } from '../verifier-types.ts'
import { createNonces } from './nonces.ts'
import { type Proof, type ReadProof, readProof } from './proof.ts'
import { UsedProofs } from './used-proofs.ts'

export interface ProofDesk {
  read(
    header: HeaderValue,
    accessToken: string,
    asked: Pick<AuthenticateOptions, 'method' | 'urls'>,
    nowMs: number,
  ): Promise<ReadProof>
  /** False where the proof was used before, or where that cannot be known. */
  use(proof: Proof, nowMs: number): boolean | Promise<boolean>
  /** Null where none are asked for. */
  nonce(nowMs: number): Promise<string | null>
}

export function openProofDesk(options: ProofOptions, usedMax: number, monotonicMs: () => number): ProofDesk {
  const { useOnce, nonceKey } = options
  const nonces = nonceKey === undefined ? null : createNonces(nonceKey)
  const used = new UsedProofs(usedMax)
  const startedAtMs = monotonicMs()
  // One that is older than this process may have been used at the process before it.
  const oldestSeconds = (nowMs: number): number =>
    (nowMs - Math.min(PROOF_SECONDS * 1000, monotonicMs() - startedAtMs)) / 1000
  return {
    read: (header, accessToken, { method = '', urls = [] }, nowMs) =>
      readProof(header, {
        method,
        urls,
        nowMs,
        accessToken,
        isNonce: nonces && ((nonce) => nonces.isGood(nonce, nowMs)),
      }),
    use: (proof, nowMs) =>
      useOnce === undefined ? used.use(proof, oldestSeconds(nowMs)) : useOnce(proof.id, proof.expiresAtMs),
    nonce: async (nowMs) => (nonces === null ? null : nonces.make(nowMs)),
  }
}
