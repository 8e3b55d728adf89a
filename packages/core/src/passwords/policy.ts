/**
 * Which new passwords are accepted: NIST SP 800-63B-4 §3.1.1.2 and ASVS 5.0 §6.2. Length counts, composition
 * does not; the whole password is compared with what attackers try first, never a part of it.
 */
import { Secret } from '@countersign/protocol'
import type { CommonPasswords } from '../ports.ts'
import { isMadeOfContext, type PasswordContext } from './context.ts'
import { isDerivedFromCommon } from './derived-forms.ts'

export type { PasswordContext } from './context.ts'

/** The shortest password where it is the only factor; NIST SP 800-63B-4 §3.1.1.2 (1). */
export const PASSWORD_LENGTH_MIN = 15
/** The shortest one where a second factor is required; no policy goes below. */
export const PASSWORD_LENGTH_MIN_WITH_SECOND_FACTOR = 8
/** In code points. At four bytes each this is what the hasher accepts, 1,024 bytes. */
export const PASSWORD_LENGTH_MAX = 256

/** In UTF-16 code units before NFC, which joins a handful into one at most. */
const CODE_UNITS_MAX = PASSWORD_LENGTH_MAX * 8

export interface PasswordPolicy {
  /** In code points. Values below 8 count as 8. */
  readonly lengthMin: number
}

export type PasswordRefusal =
  | 'password_too_short'
  | 'password_too_long'
  | 'password_too_common'
  | 'password_contains_context'

export type PasswordCheck =
  | { readonly ok: true; readonly normalized: Secret }
  | { readonly ok: false; readonly code: PasswordRefusal }

/** Checks a password that somebody wants to set. `normalized` is what to hash. */
export function checkNewPassword(
  password: Secret,
  context: PasswordContext,
  policy: PasswordPolicy,
  common: CommonPasswords,
): PasswordCheck {
  // Before anything that walks the text: a caller must not buy work with a megabyte.
  if (password.reveal().length > CODE_UNITS_MAX) return { ok: false, code: 'password_too_long' }
  const normalized = normalizePassword(password)
  const text = normalized.reveal()
  const length = countCharacters(text)
  if (length < Math.max(policy.lengthMin, PASSWORD_LENGTH_MIN_WITH_SECOND_FACTOR)) {
    return { ok: false, code: 'password_too_short' }
  }
  if (length > PASSWORD_LENGTH_MAX) return { ok: false, code: 'password_too_long' }
  if (isDerivedFromCommon(text, common)) return { ok: false, code: 'password_too_common' }
  if (isMadeOfContext(text, context)) return { ok: false, code: 'password_contains_context' }
  return { ok: true, normalized }
}

/**
 * NFC and nothing else: no trimming, no case folding, no truncation (ASVS 6.2.8). Two keyboards may spell
 * `é` in one code point or two; without NFC their owner could not sign in from the other one.
 */
export function normalizePassword(password: Secret): Secret {
  return new Secret(password.reveal().normalize('NFC'))
}

/**
 * Code points. A lone surrogate does not count: every one of them becomes the same three bytes in UTF-8, so
 * fifteen of them would be one password.
 */
function countCharacters(text: string): number {
  let count = 0
  for (const character of text) if (character.isWellFormed()) count += 1
  return count
}
