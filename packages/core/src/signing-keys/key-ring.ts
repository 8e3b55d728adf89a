/**
 * The signing keys as this process knows them: which one signs, which ones are published. Read from the
 * store at start-up, after every change that is seen in the log, and from time to time.
 */
import { type IdTokenAlgorithm, Secret } from '@countersign/protocol'
import { type Secrets, type SigningMaterial, StoreUnavailable } from '../ports.ts'
import type { SigningKeyStore } from '../upkeep-port.ts'
import type { SigningKey, SigningKeyLine } from './signing-key.ts'

/** A private key must not be moved to another row: its id is authenticated with it. */
export const sealContext = (id: string): string => `signing-key:${id}`

/** RFC 7517 §4. */
export type Jwk = Readonly<Record<string, string>>

export interface KeyRing {
  /** The key that signs now. Throws `StoreUnavailable` in the moment between a key's removal and its successor. */
  current(): SigningMaterial
  /** The key for the ID tokens of a client: the one of its algorithm, or the one above where it names none. */
  currentFor(algorithm: IdTokenAlgorithm | null): SigningMaterial | null
  /** Public keys that tokens are checked with: next, current, previous. What JWKS shows. */
  published(): readonly Jwk[]
  /** Those that sign access tokens, and the shared HS256 keys: for this authority's own verifier, and nobody else. */
  verifying(): readonly Jwk[]
  /** Everything the store holds, for rotation and for administrators. */
  all(): readonly SigningKey[]
  reload(): Promise<void>
}

type Opener = Pick<Secrets, 'open'>

/** `onReload` runs after every reload, so that the authority's own verifier takes over the keys. */
export function createKeyRing(
  store: Pick<SigningKeyStore, 'listSigningKeys'>,
  secrets: Opener,
  onReload: (ring: KeyRing) => Promise<void>,
): KeyRing {
  let keys: readonly SigningKey[] = []
  let main: SigningMaterial | null = null
  let signing: ReadonlyMap<SigningKeyLine, SigningMaterial> = new Map()
  const ring: KeyRing = {
    current: () => {
      if (main === null) throw new StoreUnavailable('There is no current signing key.')
      return main
    },
    currentFor: (algorithm) =>
      algorithm === null || main?.algorithm === algorithm ? main : (signing.get(algorithm) ?? null),
    published: () => live(keys).flatMap((key) => (key.publicJwk === null ? [] : [key.publicJwk])),
    verifying: () =>
      live(keys)
        .filter(({ line }) => line === 'main')
        .map((key) => key.publicJwk ?? toSharedJwk(key, secrets)),
    all: () => keys,
    reload: async () => {
      keys = await store.listSigningKeys()
      signing = toSigning(keys, signing, secrets)
      main = signing.get('main') ?? null
      await onReload(ring)
    },
  }
  return ring
}

/** What was opened before is not opened again. */
function toSigning(
  keys: readonly SigningKey[],
  before: ReadonlyMap<SigningKeyLine, SigningMaterial>,
  secrets: Opener,
): ReadonlyMap<SigningKeyLine, SigningMaterial> {
  const current = keys.filter(({ state }) => state === 'current')
  return new Map(
    current.map((key) => {
      const known = before.get(key.line)
      return [key.line, known?.id === key.id ? known : toMaterial(key, secrets)]
    }),
  )
}

const live = (keys: readonly SigningKey[]): readonly SigningKey[] =>
  keys.filter((key) => ['next', 'current', 'previous'].includes(key.state))

/** RFC 7518 §6.4. */
function toSharedJwk(key: SigningKey, secrets: Opener): Jwk {
  const k = toMaterial(key, secrets).privateKey.reveal()
  return { kty: 'oct', k, alg: key.algorithm, kid: key.id }
}

function toMaterial(key: SigningKey, secrets: Opener): SigningMaterial {
  return {
    id: key.id,
    algorithm: key.algorithm,
    privateKey: new Secret(secrets.open(key.sealedPrivateKey, sealContext(key.id))),
  }
}
