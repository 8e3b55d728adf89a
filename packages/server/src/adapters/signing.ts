/**
 * Makes signing keys and signs access tokens: compact JWS (RFC 7515 §3.1) of type `at+jwt` (RFC 9068 §2.1),
 * by the runtime's own cryptography. A key signs with its one algorithm only (RFC 8725 §3.1).
 */
import {
  constants,
  createHmac,
  createPrivateKey,
  createSecretKey,
  generateKeyPair,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'
import { promisify } from 'node:util'
import {
  type KeyMaker,
  type KeyPair,
  type Signer,
  type SigningMaterial,
  TokenTooLarge,
} from '@countersign/core'
import {
  ACCESS_TOKEN_TYPE,
  type AccessTokenClaims,
  accessTokenClaimNames,
  type IdTokenClaims,
  type KeyAlgorithm,
  type LogoutTokenClaims,
  Secret,
} from '@countersign/protocol'
import { assertStrongHmacKey, decodeKey } from './key-strength.ts'

/** 128 bits of strength (NIST SP 800-57 part 1, table 2; ASVS 11.2.3). */
export const RSA_BITS = 3072
const HMAC_KEY_BYTES = 32
/** Proxies and servers cut headers at 8 KiB; half of it leaves room for the rest of the request. */
export const ACCESS_TOKEN_CHARACTERS_MAX = 4096
/** One current key per algorithm, its predecessor and its successor: more are never in use at once. */
const PARSED_KEYS_MAX = 16

const makePair = promisify(generateKeyPair)

export function createKeyMaker(): KeyMaker {
  return {
    /** Runs on the thread pool: an RSA key takes up to seconds, in which others must be answered. */
    async generate(algorithm: KeyAlgorithm): Promise<KeyPair> {
      switch (algorithm) {
        case 'ES256':
          return toKeyPair(algorithm, await makePair('ec', { namedCurve: 'P-256' }))
        case 'EdDSA':
          return toKeyPair(algorithm, await makePair('ed25519'))
        case 'RS256':
        case 'PS256':
          return toKeyPair(algorithm, await makePair('rsa', { modulusLength: RSA_BITS }))
        case 'HS256':
          return {
            publicJwk: null,
            privateKey: new Secret(randomBytes(HMAC_KEY_BYTES).toString('base64url')),
          }
      }
    },
  }
}

/** The JWK lacks only its `kid`, which is the id that the key is stored under. */
function toKeyPair(algorithm: KeyAlgorithm, pair: { publicKey: KeyObject; privateKey: KeyObject }): KeyPair {
  const publicJwk: Record<string, string> = {}
  for (const [name, value] of Object.entries(pair.publicKey.export({ format: 'jwk' }))) {
    if (typeof value === 'string') publicJwk[name] = value
  }
  return {
    publicJwk: { ...publicJwk, alg: algorithm, use: 'sig' },
    privateKey: new Secret(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
  }
}

/** A key in the form that signs, and the part of every token that only depends on it. */
interface ParsedKey {
  readonly material: SigningMaterial
  readonly header: string
  readonly idTokenHeader: string
  readonly logoutTokenHeader: string
  readonly sign: (input: string) => string
}

export function createSigner(parsedKeysMax: number = PARSED_KEYS_MAX): Signer {
  const parsedKeys = new Map<string, ParsedKey>()

  const parsedKeyOf = (material: SigningMaterial): ParsedKey => {
    const known = parsedKeys.get(material.id)
    if (known !== undefined && isSame(known.material, material)) return known
    const parsed = parseKey(material)
    parsedKeys.delete(material.id)
    const oldest = parsedKeys.keys().next()
    if (parsedKeys.size >= parsedKeysMax && !oldest.done) parsedKeys.delete(oldest.value)
    parsedKeys.set(material.id, parsed)
    return parsed
  }

  return {
    sign(material: SigningMaterial, claims: AccessTokenClaims): string {
      // No setting makes a server sign access tokens with it: the key is one for ID tokens.
      if (material.algorithm === 'PS256') throw new Error('An access token is not signed with PS256.')
      const key = parsedKeyOf(material)
      assertClaims(claims)
      const input = `${key.header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
      const text = `${input}.${key.sign(input)}`
      if (text.length > ACCESS_TOKEN_CHARACTERS_MAX) throw tooLarge(text.length, claims)
      return text
    },
    signIdToken(material: SigningMaterial, claims: IdTokenClaims): string {
      // Its reader could sign as well, and say that somebody signed in (OIDC Core §10.1 has another key for that).
      if (material.algorithm === 'HS256') throw new Error('An ID token is not signed with a shared key.')
      const key = parsedKeyOf(material)
      const input = `${key.idTokenHeader}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
      return `${input}.${key.sign(input)}`
    },
    signLogoutToken(material: SigningMaterial, claims: LogoutTokenClaims): string {
      // Who signs in by no ID token is signed out by no token of this kind.
      if (material.algorithm === 'HS256') throw new Error('A logout token is not signed with a shared key.')
      const key = parsedKeyOf(material)
      const input = `${key.logoutTokenHeader}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
      return `${input}.${key.sign(input)}`
    },
  }
}

function isSame(left: SigningMaterial, right: SigningMaterial): boolean {
  return left.algorithm === right.algorithm && left.privateKey.reveal() === right.privateKey.reveal()
}

function parseKey(material: SigningMaterial): ParsedKey {
  const toHeader = (typ: string): string =>
    Buffer.from(JSON.stringify({ alg: material.algorithm, typ, kid: material.id })).toString('base64url')
  return {
    material,
    header: toHeader(ACCESS_TOKEN_TYPE),
    idTokenHeader: toHeader('JWT'),
    logoutTokenHeader: toHeader('logout+jwt'),
    sign: createSign(material),
  }
}

function createSign({ algorithm, privateKey }: SigningMaterial): (input: string) => string {
  if (algorithm === 'HS256') {
    const bytes = decodeKey(privateKey.reveal())
    if (bytes === null) throw new Error('An HS256 key is base64url.')
    assertStrongHmacKey(bytes)
    const key = createSecretKey(bytes)
    return (input) => createHmac('sha256', key).update(input).digest('base64url')
  }
  const key = createPrivateKey(privateKey.reveal())
  if (!fits(key, algorithm)) throw new Error(`The stored key is not one for ${algorithm}.`)
  // Ed25519 hashes by itself; ECDSA in JWS is r ‖ s and not DER (RFC 7518 §3.4).
  const digest = algorithm === 'EdDSA' ? null : 'sha256'
  // RFC 7518 §3.5: the salt is as long as the hash.
  const form =
    algorithm === 'PS256'
      ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : { key, dsaEncoding: 'ieee-p1363' as const }
  return (input) => sign(digest, Buffer.from(input), form).toString('base64url')
}

/** A key under the wrong algorithm would make signatures that nobody else accepts, or weak ones. */
function fits(key: KeyObject, algorithm: Exclude<KeyAlgorithm, 'HS256'>): boolean {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {}
  switch (algorithm) {
    case 'ES256':
      return key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1'
    case 'EdDSA':
      return key.asymmetricKeyType === 'ed25519'
    case 'RS256':
    case 'PS256':
      return key.asymmetricKeyType === 'rsa' && modulusLength >= RSA_BITS
  }
}

/** The types say so already; a token is signed once and believed for an hour, so it is looked at once more. */
function assertClaims(claims: AccessTokenClaims): void {
  for (const name in claims) {
    if (!accessTokenClaimNames.has(name)) throw new Error('A claim outside the allow list was to be signed.')
  }
  for (const value of [claims.iat, claims.exp, claims.pos, claims.auth_time ?? 0]) {
    if (!Number.isSafeInteger(value)) throw new Error('Times and positions in a token are whole numbers.')
  }
}

function tooLarge(characters: number, claims: AccessTokenClaims): TokenTooLarge {
  const sizes = Object.entries(claims).map(([name, value]) => ({
    name,
    size: JSON.stringify(value)?.length ?? 0,
  }))
  const largest = sizes.reduce((most, one) => (one.size > most.size ? one : most))
  return new TokenTooLarge(
    `An access token of ${characters} characters is over the limit of ${ACCESS_TOKEN_CHARACTERS_MAX}; ` +
      `its largest claim is \`${largest.name}\` with ${largest.size}.`,
  )
}
