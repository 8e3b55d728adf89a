/**
 * Everything that is done with the root secrets: keyed digests, successors of refresh tokens, CSRF tokens,
 * sealing, the audit chain. Each purpose has a key of its own, an HKDF-SHA-256 output under its own label
 * (RFC 5869), so that what one of them gives away never serves for another; a successor key that also made
 * digests would turn the stored digest into the next refresh token.
 */
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import type { FormBinding, Secrets } from '@countersign/core'
import { ALIAS_BYTES, type GrantId, type Secret, type SessionId, toSecretText } from '@countersign/protocol'
import { createHmacSha256 } from './hmac.ts'
import type { PasswordPepper } from './password-hasher.ts'
import { createProven } from './proven.ts'

/** A root secret. Higher versions are newer; new things are written under the newest. */
export interface RootSecret {
  readonly version: number
  /** At least 32 random bytes. */
  readonly secret: Uint8Array
}

export type Keyring = readonly RootSecret[]

/** What a root secret can be told apart by, without telling anything about it. */
export interface SecretFingerprint {
  readonly version: number
  readonly fingerprint: string
}

export interface KeyringSecrets extends Secrets {
  /** Newest first. The store keeps them and refuses a node whose keyring is another one. */
  fingerprints(): readonly SecretFingerprint[]
  /** Newest first, for the password hasher. */
  passwordPeppers(): readonly PasswordPepper[]
}

type Label = 'digest' | 'password' | 'successor' | 'csrf' | 'seal' | 'chain' | 'alias' | 'fingerprint'

const KEY_BYTES = 32
/** 96 random bits: a collision is as good as impossible below 2^32 seals under one key (NIST SP 800-38D §8.3). */
const NONCE_BYTES = 12
const TAG_BYTES = 16
const FINGERPRINT_BYTES = 16

/** Throws where the keyring is empty, names a version twice, or holds a secret under 32 bytes. */
export function createSecrets(keyring: Keyring): KeyringSecrets {
  const keys = createKeys(keyring)
  const { versions, newest } = keys
  const mac = (version: number, label: Label, ...parts: string[]): string =>
    // As JSON the parts cannot be shifted into one another: ["a","bc"] and ["ab","c"] are different texts.
    keys.mac(version, label)(JSON.stringify(parts))
  const tagged = (version: number, label: Label, ...parts: string[]): string =>
    `v${version}.${mac(version, label, ...parts)}`
  /** Compares with what `tagged` wrote. A version that is no longer known matches nothing. */
  const isTagged = (stored: string, label: Label, ...parts: string[]): boolean => {
    const [version, text] = splitTag(stored)
    return keys.has(version) && isEqual(mac(version, label, ...parts), text)
  }

  const proven = createProven((secret, stored) => isTagged(stored, 'digest', secret.reveal()))

  return {
    digest: (secret) => tagged(newest, 'digest', secret.reveal()),
    digests: (secret) => versions.map((version) => tagged(version, 'digest', secret.reveal())),
    matches: (secret, stored) => proven.matches(secret, stored),
    successors: (grant: GrantId, generation: number, presented: Secret) =>
      versions.map((version) =>
        toSecretText(toBytes(mac(version, 'successor', grant, String(generation), presented.reveal()))),
      ),
    csrfToken: (bound) => mac(newest, 'csrf', bound),
    isCsrfToken: (bound: SessionId | FormBinding, presented: string) =>
      versions.some((version) => isEqual(mac(version, 'csrf', bound), presented)),
    seal: (plain, context) => seal(keys, plain, context),
    open: (sealed, context) => open(keys, sealed, context),
    alias: (sector, node) => toBytes(mac(newest, 'alias', sector, node)).subarray(0, ALIAS_BYTES),
    chain: (previous, event) => tagged(newest, 'chain', previous, event),
    isChained: (previous, event, hash) => isTagged(hash, 'chain', previous, event),
    fingerprints: () =>
      versions.map((version) => ({
        version,
        fingerprint: keys.bytes(version, 'fingerprint').subarray(0, FINGERPRINT_BYTES).toString('base64url'),
      })),
    passwordPeppers: () => versions.map((version) => ({ version, pepper: keys.bytes(version, 'password') })),
  }
}

interface Keys {
  /** Newest first. */
  readonly versions: readonly number[]
  readonly newest: number
  has(version: number): boolean
  get(version: number, label: Label): KeyObject
  mac(version: number, label: Label): (text: string) => string
  bytes(version: number, label: Label): Buffer
}

function createKeys(keyring: Keyring): Keys {
  const roots = new Map<number, Uint8Array>()
  for (const { version, secret } of keyring) {
    if (roots.has(version)) throw new RangeError(`The keyring names version ${version} twice.`)
    if (secret.length < KEY_BYTES) throw new RangeError(`A root secret has at least ${KEY_BYTES} bytes.`)
    roots.set(version, secret)
  }
  const versions = [...roots.keys()].sort((left, right) => right - left)
  const [newest] = versions
  if (newest === undefined) throw new RangeError('The keyring is empty.')
  const derived = new Map<string, KeyObject>()
  const macs = new Map<string, (text: string) => string>()

  const bytes = (version: number, label: Label): Buffer => {
    const root = roots.get(version)
    if (root === undefined) throw new Error(`Secret version ${version} is not in the keyring.`)
    return Buffer.from(hkdfSync('sha256', root, '', `countersign ${label} v1`, KEY_BYTES))
  }
  return {
    versions,
    newest,
    has: (version) => roots.has(version),
    bytes,
    get(version, label) {
      const name = `${version} ${label}`
      const known = derived.get(name)
      if (known !== undefined) return known
      const key = createSecretKey(bytes(version, label))
      derived.set(name, key)
      return key
    },
    mac(version, label) {
      const name = `${version} ${label}`
      const known = macs.get(name)
      if (known !== undefined) return known
      const mac = createHmacSha256(bytes(version, label))
      macs.set(name, mac)
      return mac
    },
  }
}

function seal(keys: Keys, plain: string, context: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', keys.get(keys.newest, 'seal'), nonce)
  cipher.setAAD(additionalData(keys.newest, context))
  const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return `v${keys.newest}.${Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64url')}`
}

function open(keys: Keys, sealed: string, context: string): string {
  const [version, body] = splitTag(sealed)
  const bytes = Buffer.from(body, 'base64url')
  if (!keys.has(version))
    throw new Error(`Sealed with secret version ${version}, which is not in the keyring.`)
  if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error('A sealed value is cut off.')
  const cipher = createDecipheriv('aes-256-gcm', keys.get(version, 'seal'), bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
  cipher.setAAD(additionalData(version, context))
  cipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  try {
    const text = cipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES))
    return Buffer.concat([text, cipher.final()]).toString('utf8')
  } catch (cause) {
    throw new Error('A sealed value was altered, moved, or sealed with another key.', { cause })
  }
}

/** The version and the context are authenticated too, so that a value cannot be moved to another row. */
function additionalData(version: number, context: string): Buffer {
  return Buffer.from(JSON.stringify(['countersign seal', version, context]))
}

/** Version 0 is nobody's: text that nobody here wrote is under no known version. */
function splitTag(text: string): readonly [version: number, rest: string] {
  const match = /^v([1-9]\d{0,8})\.([A-Za-z0-9_-]*)$/.exec(text)
  return match === null ? [0, ''] : [Number(match[1]), match[2] ?? '']
}

const toBytes = (text: string): Buffer => Buffer.from(text, 'base64url')

/** Takes the same time wherever the texts differ. Their lengths are no secret. */
function isEqual(left: string, right: string): boolean {
  const one = Buffer.from(left)
  const other = Buffer.from(right)
  return one.length === other.length && timingSafeEqual(one, other)
}
