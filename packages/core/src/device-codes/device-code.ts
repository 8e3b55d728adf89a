/**
 * An authorization that begins on a device without a browser (RFC 8628): what the device holds, what a person types
 * elsewhere, and what was decided there.
 */
import type {
  AccountId,
  ClientId,
  GrantId,
  IdentityScope,
  Permission,
  SessionId,
} from '@countersign/protocol'

export interface DeviceCode {
  /** The grant that it opens; named beforehand. */
  readonly grantId: GrantId
  readonly clientId: ClientId
  readonly permissions: readonly Permission[]
  readonly identityScopes: readonly IdentityScope[]
  readonly audiences: readonly string[]
  /** From where the device asked, to be shown to whoever decides (RFC 8628 §5.4). */
  readonly address: string | null
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

/** What a person has decided, and in which session. */
export interface DeviceDecision {
  readonly kind: 'allowed' | 'denied'
  readonly accountId: AccountId
  readonly sessionId: SessionId
  /** Head of the log when it was allowed: what was revoked since then ends what the code would open. */
  readonly issuedPosition: number
}

/** RFC 8628 §5.1: long enough to find a phone and sign in there. */
export const DEVICE_CODE_SECONDS = 600
/** RFC 8628 §3.5. */
export const POLL_SECONDS = 5

/**
 * RFC 8628 §6.1: consonants alone, so that no word comes of it, and none that is taken for a digit. Eight of them are
 * 34.5 bits, which is enough for ten minutes and a few tries for each person.
 */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ'
export const USER_CODE_LETTERS = 8
/** The highest multiple of twenty that a byte holds: what lies above would make some letters likelier. */
const FAIR_BYTES = 240

/** Null where the bytes do not make enough letters; whoever brings many will not see that. */
export function makeUserCode(bytes: Uint8Array): string | null {
  const letters = [...bytes].filter((byte) => byte < FAIR_BYTES).map((byte) => LETTERS.charAt(byte % 20))
  return letters.length < USER_CODE_LETTERS ? null : letters.slice(0, USER_CODE_LETTERS).join('')
}

/** As it is shown: `BCDF-GHJK`. */
export const showUserCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`

/** However it was typed: small letters, spaces, any dash. Null for what is no user code. */
export function parseUserCode(typed: string): string | null {
  const code = typed.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')
  return code.length === USER_CODE_LETTERS && [...code].every((letter) => LETTERS.includes(letter))
    ? code
    : null
}
