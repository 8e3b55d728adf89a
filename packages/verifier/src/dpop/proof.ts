/**
 * Reads a proof of possession by the twelve checks of RFC 9449 §4.3, but two: that the proof was not used before, and
 * that its key is the one of the access token. Both are for whoever knows the credential, and come after it was judged:
 * otherwise strangers could fill the memory of used proofs.
 */
import { CLOCK_LEEWAY_SECONDS, PROOF_SECONDS } from '@countersign/protocol'
import type { HeaderValue } from '../credential-of-request.ts'
import { type JsonObject, parsePayload, splitCompactJws } from '../jwt/parse.ts'
import { sha256 } from './hashes.ts'
import { readProofKey, rememberProofKey } from './proof-key.ts'
import { toTarget } from './target.ts'

export interface ProofRules {
  readonly method: string
  /** The request's own address, in each way in which callers may know it. */
  readonly urls: readonly string[]
  readonly nowMs: number
  /** The access token that came with it; null where none does, as at the token endpoint. */
  readonly accessToken: string | null
  /** Null where no nonces are asked for. */
  readonly isNonce: ((nonce: string) => boolean | Promise<boolean>) | null
}

export type ProofFlaw =
  | 'missing'
  | 'malformed'
  | 'algorithm'
  | 'key'
  | 'signature'
  | 'claims'
  | 'method'
  | 'url'
  | 'time'
  | 'token'
  | 'nonce'

export interface Proof {
  /** The thumbprint of the key that signed it. */
  readonly jkt: string
  /** Names this very proof among all of all keys. */
  readonly id: string
  readonly issuedAtSeconds: number
  /** From when on it is refused by its age alone. */
  readonly expiresAtMs: number
}

export type ReadProof =
  | { readonly ok: true; readonly proof: Proof }
  | { readonly ok: false; readonly flaw: ProofFlaw }

export async function readProof(header: HeaderValue, rules: ProofRules): Promise<ReadProof> {
  if (header === null || header === undefined) return refuse('missing')
  // Check 1: one header. Repeated ones, apart or joined by a comma, are none.
  const parts = typeof header === 'string' ? splitCompactJws(header) : null
  if (parts === null) return refuse('malformed')
  const read = await readProofKey(parts.headerText)
  if (!read.ok) return read
  const { key } = read
  if (!(await key.verify(parts.signingInput, parts.signature))) return refuse('signature')
  const claims = parsePayload(parts.payload)
  if (claims === null) return refuse('malformed')
  const flaw = flawOf(claims, rules) ?? (await tokenFlaw(claims, rules)) ?? (await nonceFlaw(claims, rules))
  if (flaw !== null) return refuse(flaw)
  rememberProofKey(parts.headerText, key)
  const iat = Number(claims.iat)
  const expiresAtMs = (Math.floor(iat) + PROOF_SECONDS + 1) * 1000
  const id = `${key.jkt} ${claims.jti}`
  return { ok: true, proof: { jkt: key.jkt, id, issuedAtSeconds: Math.floor(iat), expiresAtMs } }
}

const refuse = (flaw: ProofFlaw): ReadProof => ({ ok: false, flaw })

const JTI = /^[!-~]{1,200}$/

function flawOf({ jti, htm, htu, iat }: JsonObject, rules: ProofRules): ProofFlaw | null {
  if (typeof jti !== 'string' || !JTI.test(jti) || typeof htm !== 'string' || typeof htu !== 'string')
    return 'claims'
  if (typeof iat !== 'number' || !Number.isFinite(iat)) return 'claims'
  // Methods are written in capitals and compared as they are (RFC 9110 §9.1).
  if (htm !== rules.method) return 'method'
  const target = toTarget(htu)
  if (target === null || !rules.urls.some((url) => toTarget(url) === target)) return 'url'
  const nowSeconds = rules.nowMs / 1000
  return iat < nowSeconds - PROOF_SECONDS || iat > nowSeconds + CLOCK_LEEWAY_SECONDS ? 'time' : null
}

/** Check 12a: the proof was made for this access token, and so never serves for another one of the same key. */
async function tokenFlaw({ ath }: JsonObject, { accessToken }: ProofRules): Promise<ProofFlaw | null> {
  if (accessToken === null) return null
  return ath === (await sha256(accessToken)) ? null : 'token'
}

/** Last of all: only what is good but for its nonce is given one. */
async function nonceFlaw({ nonce }: JsonObject, { isNonce }: ProofRules): Promise<ProofFlaw | null> {
  if (isNonce === null) return null
  return typeof nonce === 'string' && (await isNonce(nonce)) ? null : 'nonce'
}
