/**
 * Proofs of possession at the authority (RFC 9449): at the endpoints that give tokens, and where it is itself the
 * resource. Used proofs are remembered in the database, so that no node takes what another one took; nonces are sealed
 * times, so that every node knows those of all.
 */
import type { ErrorCode } from '@countersign/protocol'
import {
  type Proof,
  type ReadProof,
  readProof,
  readUnverifiedClaims,
  type Verdict,
} from '@countersign/verifier'
import type { Services } from '../services.ts'
import type { Headers } from './exchange.ts'

type ProofServices = Pick<Services, 'config' | 'core'>

export interface ProofAsked {
  readonly method: string
  /** Of the request line; what stands behind `?` does not count. */
  readonly path: string
  /** What came with it; null where tokens are given. */
  readonly accessToken: string | null
}

export interface ProofRefusal {
  readonly code: Extract<ErrorCode, 'invalid_credential' | 'invalid_dpop_proof' | 'use_dpop_nonce'>
  readonly reason: string
  /** With the nonce that the next proof needs. */
  readonly headers: Readonly<Record<string, string>>
}

const NONCE_CONTEXT = 'dpop nonce'
export const NONCE_SECONDS = 300

/** Everything about a proof but whether it was used before. */
export function readProofOf(
  services: ProofServices,
  header: Headers,
  asked: ProofAsked,
  nowMs: number,
): Promise<ReadProof> {
  const { issuer, dpopNonces } = services.config
  return readProof(header('dpop'), {
    method: asked.method,
    // Not what the request says in `Host`: a server that a proof was sent to could send it on to us.
    urls: [issuer + asked.path],
    nowMs,
    accessToken: asked.accessToken,
    isNonce: dpopNonces === 'off' ? null : (nonce) => isNonce(services, nonce, nowMs),
  })
}

/**
 * Whether a proof that came carries a nonce that counts, or needs none. Its signature is not looked at: that it does not,
 * is worth a look at all of it, and nothing else.
 */
export function hasNonce(services: ProofServices, header: Headers, nowMs: number): boolean {
  const proof = header('dpop')
  if (proof === null || services.config.dpopNonces === 'off') return true
  const nonce = readUnverifiedClaims(proof)?.nonce
  return typeof nonce === 'string' && isNonce(services, nonce, nowMs)
}

/** True for the first use, on whatever node. */
export const useProof = ({ core }: ProofServices, { id, expiresAtMs }: Proof): Promise<boolean> =>
  core.store.useOnce({ key: `dpop ${id}`, expiresAtMs })

/** What is wrong with how an access token was presented that is good by itself; null for nothing. */
export async function presentationRefusal(
  services: ProofServices,
  header: Headers,
  presented: { readonly verdict: Verdict; readonly byProof: boolean; readonly asked: ProofAsked },
  nowMs: number,
): Promise<ProofRefusal | null> {
  const { jkt } = presented.verdict.credential
  if (jkt === undefined && !presented.byProof) return null
  // A bound token that is only borne was stolen, or its holder knows no better; and the scheme is for bound ones.
  if (jkt === undefined || !presented.byProof)
    return { code: 'invalid_credential', reason: 'unproven', headers: {} }
  const read = await readProofOf(services, header, presented.asked, nowMs)
  if (!read.ok) return toRefusal(services, read.flaw, nowMs)
  if (read.proof.jkt !== jkt) return toRefusal(services, 'key', nowMs)
  return (await useProof(services, read.proof)) ? null : toRefusal(services, 'used', nowMs)
}

export const toRefusal = (services: ProofServices, flaw: string, nowMs: number): ProofRefusal => ({
  code: flaw === 'nonce' ? 'use_dpop_nonce' : 'invalid_dpop_proof',
  reason: `proof_${flaw}`,
  headers: nonceHeaders(services, nowMs),
})

/** Empty where no nonces are asked for. */
export function nonceHeaders(
  { config, core }: ProofServices,
  nowMs: number,
): Readonly<Record<string, string>> {
  if (config.dpopNonces === 'off') return {}
  return { 'dpop-nonce': core.secrets.seal(String(nowMs), NONCE_CONTEXT) }
}

function isNonce({ core }: ProofServices, nonce: string, nowMs: number): boolean {
  try {
    const ageMs = nowMs - Number(core.secrets.open(nonce, NONCE_CONTEXT))
    // Another node's clock may be a little ahead.
    return ageMs < NONCE_SECONDS * 1000 && ageMs > -NONCE_SECONDS * 1000
  } catch {
    // What a stranger sends is no fault of ours.
    return false
  }
}
