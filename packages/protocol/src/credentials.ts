/**
 * The format of opaque credentials: `<prefix>_<kind><environment>_<id>_<secret><checksum>`.
 * The id is public and finds the row; the secret is 256 random bits; the checksum is public too, so that
 * secret scanners can drop false hits and a mistyped credential is refused without asking anybody.
 * A right checksum proves nothing about the credential.
 */
import { type ApiKeyId, type GrantId, isApiKeyId, isGrantId, isSessionId, type SessionId } from './ids.ts'
import { Secret } from './secret.ts'

export type OpaqueKind = 'session' | 'refresh' | 'api_key'
export type Environment = 'live' | 'test'

/** Which prefix and environment the credentials of one authority carry. */
export interface CredentialStyle {
  /** 2–12 characters of `a-z 0-9`, starting with a letter; `cs` by default. */
  readonly prefix: string
  readonly environment: Environment
}

export type OpaqueCredential =
  | { readonly kind: 'session'; readonly id: SessionId; readonly secret: Secret }
  | { readonly kind: 'refresh'; readonly id: GrantId; readonly secret: Secret }
  | { readonly kind: 'api_key'; readonly id: ApiKeyId; readonly secret: Secret }

/** The id that a kind of credential is found by. */
export type OpaqueId<K extends OpaqueKind> = Extract<OpaqueCredential, { kind: K }>['id']

/** How many random bytes a secret holds. */
export const SECRET_BYTES = 32
/** 62^43 is more than 2^256, so 43 characters hold every secret. */
export const SECRET_CHARACTERS = 43
/** 62^6 is more than 2^32, so 6 characters hold every CRC-32. */
export const CHECKSUM_CHARACTERS = 6
/** The longest opaque credential that `parseOpaqueCredential` looks at. */
export const OPAQUE_CREDENTIAL_CHARACTERS_MAX = 97

const kindCodes: Record<OpaqueKind, string> = { session: 'ses', refresh: 'ref', api_key: 'key' }
const idPrefixes: Record<OpaqueKind, string> = { session: 'ses_', refresh: 'gra_', api_key: 'key_' }
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const SHAPE =
  /^([a-z][a-z0-9]{1,11})_(ses|ref|key)(live|test)_([0-9a-z]{26})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/

/** Spells a credential. `secret` is what `toSecretText` made. */
export function toOpaqueCredential<K extends OpaqueKind>(
  style: CredentialStyle,
  kind: K,
  id: OpaqueId<K>,
  secret: Secret,
): Secret {
  const body = `${style.prefix}_${kindCodes[kind]}${style.environment}_${id.slice(4)}_${secret.reveal()}`
  return new Secret(body + toChecksum(body))
}

/**
 * Reads an opaque credential of this authority's style. Returns null for anything else: another prefix or
 * environment, a wrong checksum, a wrong length. Does no I/O and says nothing about whether it is alive.
 */
export function parseOpaqueCredential(text: string, style: CredentialStyle): OpaqueCredential | null {
  if (text.length > OPAQUE_CREDENTIAL_CHARACTERS_MAX) return null
  const match = SHAPE.exec(text)
  if (match === null) return null
  const [, prefix, code, environment, idBody, secretText, checksum] = match
  if (prefix !== style.prefix || environment !== style.environment) return null
  if (secretText === undefined || toChecksum(text.slice(0, -CHECKSUM_CHARACTERS)) !== checksum) return null
  return toCredential(code, `${idBody}`, new Secret(secretText))
}

function toCredential(code: string | undefined, idBody: string, secret: Secret): OpaqueCredential | null {
  if (code === kindCodes.session) {
    const id = idPrefixes.session + idBody
    return isSessionId(id) ? { kind: 'session', id, secret } : null
  }
  if (code === kindCodes.refresh) {
    const id = idPrefixes.refresh + idBody
    return isGrantId(id) ? { kind: 'refresh', id, secret } : null
  }
  const id = idPrefixes.api_key + idBody
  return isApiKeyId(id) ? { kind: 'api_key', id, secret } : null
}

/** What a person may see of a credential in a list: everything before the secret. */
export function toDisplayPrefix(style: CredentialStyle, kind: OpaqueKind, id: string): string {
  return `${style.prefix}_${kindCodes[kind]}${style.environment}_${id.slice(4)}`
}

/** Spells 32 random bytes in base62, always 43 characters. */
export function toSecretText(random: Uint8Array): Secret {
  if (random.length !== SECRET_BYTES) throw new RangeError(`A secret is made of ${SECRET_BYTES} bytes.`)
  const limbs = new Uint16Array(SECRET_BYTES / 2)
  for (let index = 0; index < limbs.length; index += 1) limbs[index] = limbAt(random, 2 * index)
  let text = ''
  for (let left = SECRET_CHARACTERS; left > 0; left -= CHUNK_CHARACTERS) {
    text = toBase62(divide(limbs), Math.min(left, CHUNK_CHARACTERS)) + text
  }
  return new Secret(text)
}

/** Public, so that scanners can drop false hits. */
export function toChecksum(body: string): string {
  return toBase62(crc32(body), CHECKSUM_CHARACTERS)
}

/** Five digits at a time: with 16 bits more, what is left over in a division is exact in a number (2^53). */
const CHUNK_CHARACTERS = 5
const CHUNK = 62 ** CHUNK_CHARACTERS

const limbAt = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)

/** Divides limbs of 16 bits, the highest first, by `CHUNK` in place, and returns what is left over. */
function divide(limbs: Uint16Array): number {
  let rest = 0
  for (let index = 0; index < limbs.length; index += 1) {
    const value = rest * 0x10000 + (limbs[index] ?? 0)
    const quotient = value < CHUNK ? 0 : Math.floor(value / CHUNK)
    limbs[index] = quotient
    rest = value - quotient * CHUNK
  }
  return rest
}

function toBase62(value: number, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest = Math.floor(rest / 62)) {
    text = DIGITS.charAt(rest % 62) + text
  }
  return text
}

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value >>> 0
})

/** CRC-32 (ISO 3309, the polynomial of zip and PNG) of the text's characters, which are all ASCII. */
export function crc32(text: string): number {
  let value = 0xffffffff
  for (let index = 0; index < text.length; index += 1) {
    value = (table[(value ^ text.charCodeAt(index)) & 0xff] ?? 0) ^ (value >>> 8)
  }
  return (value ^ 0xffffffff) >>> 0
}
