/** The key in a proof's header (RFC 9449 §4.2): public, of one of our kinds, known by its thumbprint (RFC 7638). */
import { PROOF_TYPE, proofAlgorithms } from '@countersign/protocol'
import { type KeyMaterial, parseJwk } from '../jwt/jwk.ts'
import { parseProofHeader } from '../jwt/parse.ts'
import { signatureBackEnd, type VerifySignature } from '../jwt/signature.ts'
import { sha256 } from './hashes.ts'

export interface ProofKey {
  readonly jkt: string
  readonly verify: VerifySignature
}

export type ReadKey =
  | { readonly ok: true; readonly key: ProofKey }
  | { readonly ok: false; readonly flaw: 'malformed' | 'algorithm' | 'key' }

/** A client's header is the same in all of its proofs: importing the key anew each time would cost as much again. */
const KEYS_MAX = 1000
const HEADER_CHARACTERS_MAX = 1024
const known = new Map<string, ProofKey>()

export async function readProofKey(headerText: string): Promise<ReadKey> {
  const before = known.get(headerText)
  if (before !== undefined) return { ok: true, key: before }
  if (headerText.length > HEADER_CHARACTERS_MAX) return { ok: false, flaw: 'malformed' }
  const header = parseProofHeader(headerText)
  if (header === null || toType(header.typ) !== PROOF_TYPE) return { ok: false, flaw: 'malformed' }
  const { alg } = header
  if (!proofAlgorithms.some((one) => one === alg)) return { ok: false, flaw: 'algorithm' }
  const material = readMaterial(header.jwk, alg === 'ES256' ? 'ES256' : 'EdDSA')
  if (material === null) return { ok: false, flaw: 'key' }
  const [jkt, verify] = await Promise.all([sha256(toMembers(material)), importOrRefuse(material)])
  return verify === null ? { ok: false, flaw: 'key' } : { ok: true, key: { jkt, verify } }
}

/** Only of a proof that was good: others would push out those that are used. */
export function rememberProofKey(headerText: string, key: ProofKey): void {
  if (known.has(headerText)) return
  const [oldest] = known.keys()
  if (known.size >= KEYS_MAX && oldest !== undefined) known.delete(oldest)
  known.set(headerText, key)
}

const toType = (typ: unknown): string =>
  typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : ''

/** By the rules of every other key: no private half, a point on its curve, nothing that is meant for something else. */
function readMaterial(jwk: unknown, algorithm: 'ES256' | 'EdDSA'): KeyMaterial | null {
  if (typeof jwk !== 'object' || jwk === null) return null
  const own: Readonly<Record<string, unknown>> = { ...jwk }
  if ('k' in own || (own.alg !== undefined && own.alg !== algorithm && own.alg !== 'Ed25519')) return null
  const parsed = parseJwk({ ...own, alg: algorithm, kid: 'proof' })
  return parsed.ok ? parsed.material : null
}

/** RFC 7638 §3.2, RFC 8037 §2: the required members in the order of their names. */
function toMembers({ jwk }: KeyMaterial): string {
  if (jwk.kty === 'EC') return JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y })
  if (jwk.kty === 'OKP') return JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x })
  throw new Error('Proofs are signed with keys of elliptic curves.')
}

async function importOrRefuse(material: KeyMaterial): Promise<VerifySignature | null> {
  try {
    return await signatureBackEnd.importKey(material)
  } catch {
    // The platform does not take it: then nothing was signed with it.
    return null
  }
}
