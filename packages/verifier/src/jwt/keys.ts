/**
 * The keys that access tokens are verified with, by `kid`. Keys come from the caller's configuration or the
 * issuer's own set and never from a token (ASVS 9.1.3).
 */
import { type KeyAlgorithm, Secret } from '@countersign/protocol'
import { type KeyMaterial, parseJwk } from './jwk.ts'
import { type SignatureBackEnd, signatureBackEnd, type VerifySignature } from './signature.ts'

export interface VerificationKey {
  readonly kid: string
  /** The only `alg` that a token under this key may name. */
  readonly algorithm: KeyAlgorithm
  readonly verify: VerifySignature
  /** What the key is made of, so that the same key imported twice is known as the same. */
  readonly material: Secret
}

/**
 * Imports one JWK, at once with `node:crypto` and as a promise with Web Crypto. Throws (or rejects with) a
 * `TypeError` that names no value when the key is refused; a reader of foreign sets skips such keys
 * (RFC 7517 §5), an authority reading its own stops.
 */
export function importKey(
  jwk: unknown,
  backEnd: SignatureBackEnd = signatureBackEnd,
): VerificationKey | Promise<VerificationKey> {
  const parsed = parseJwk(jwk)
  if (!parsed.ok) throw new TypeError(parsed.problem)
  const { kid, material } = parsed
  const toKey = (verify: VerifySignature): VerificationKey => ({
    kid,
    algorithm: material.algorithm,
    verify,
    material: new Secret(spell(material)),
  })
  const verify = importMaterial(material, backEnd)
  return verify instanceof Promise ? verify.then(toKey) : toKey(verify)
}

/** Platforms explain a refused key in words that can quote it; ours do not. */
function importMaterial(
  material: KeyMaterial,
  backEnd: SignatureBackEnd,
): VerifySignature | Promise<VerifySignature> {
  const refused = (): never => {
    throw new TypeError('The platform does not take the key: it is not a valid key of its algorithm.')
  }
  try {
    const verify = backEnd.importKey(material)
    return verify instanceof Promise ? verify.catch(refused) : verify
  } catch {
    return refused()
  }
}

function spell({ algorithm, jwk }: KeyMaterial): string {
  return JSON.stringify([algorithm, ...Object.values(jwk)])
}

export class KeySet {
  #keys: ReadonlyMap<string, VerificationKey> = new Map()
  /**
   * A removed key stays removed for the life of the process. Its entry leaves the revocation set when the
   * tokens that were out have expired, but whoever stole the key can sign new ones, and an old copy of the
   * key set may still be on its way.
   */
  readonly #removed = new Set<string>()

  get(kid: string): VerificationKey | undefined {
    return this.#keys.get(kid)
  }

  get size(): number {
    return this.#keys.size
  }

  /** True while exactly this key, or another import of it, is in force. */
  holds(key: VerificationKey): boolean {
    const held = this.#keys.get(key.kid)
    return held === key || (held !== undefined && isSame(held, key))
  }

  /**
   * Puts the given keys in place of all others. Throws a `RangeError` and changes nothing when two of them
   * have one `kid`. Returns the `kid` of each key that was taken away or changed: what it verified must go.
   */
  replace(keys: readonly VerificationKey[]): ReadonlySet<string> {
    const next = new Map<string, VerificationKey>()
    for (const key of keys) {
      if (next.has(key.kid)) throw new RangeError('Two keys have the same `kid`.')
      if (!this.#removed.has(key.kid)) next.set(key.kid, key)
    }
    const before = this.#keys
    this.#keys = next
    const gone = [...before.values()].filter((key) => !this.holds(key))
    return new Set(gone.map(({ kid }) => kid))
  }

  /** Takes the key away for good. */
  remove(kid: string): void {
    this.#removed.add(kid)
    const next = new Map(this.#keys)
    next.delete(kid)
    this.#keys = next
  }
}

function isSame(left: VerificationKey, right: VerificationKey): boolean {
  return left.material.reveal() === right.material.reveal()
}
