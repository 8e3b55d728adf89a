/** A person. What is stored about one, and how an e-mail address is compared. */
import type { AccountId } from '@countersign/protocol'

export interface Account {
  readonly id: AccountId
  /** As `normalizeEmail` gives it. */
  readonly email: string
  readonly name: string | null
  readonly emailVerifiedAtMs: number | null
  readonly createdAtMs: number
  readonly disabledAtMs: number | null
  /** Since when its password opens nothing but the way to another one; null where it need not be changed. */
  readonly passwordChangeRequiredAtMs: number | null
  /** When its password was found among leaked ones. */
  readonly passwordBreachedAtMs: number | null
}

/** One that nobody has signed in to yet. */
export const newAccount = (
  begun: Pick<Account, 'id' | 'email' | 'name' | 'emailVerifiedAtMs' | 'createdAtMs'>,
): Account => ({
  ...begun,
  disabledAtMs: null,
  passwordChangeRequiredAtMs: null,
  passwordBreachedAtMs: null,
})

/** RFC 5321 §4.5.3.1: a mailbox of at most 254 characters with a local part of at most 64. */
const EMAIL_CHARACTERS_MAX = 254
const EMAIL = /^[^\s@<>()[\]\\,;:"\p{C}]{1,64}@[^\s@<>()[\]\\,;:"\p{C}]{1,253}$/u

/**
 * The form in which addresses are stored and compared: NFC, lower case. Letter case of the local part is
 * ignored, since providers ignore it and two accounts that differ only in case would be a trap.
 * Returns null for what cannot be an address.
 */
export function normalizeEmail(text: string): string | null {
  const email = text.trim().normalize('NFC').toLowerCase()
  if (email.length > EMAIL_CHARACTERS_MAX || !EMAIL.test(email)) return null
  const domain = email.slice(email.lastIndexOf('@') + 1)
  return domain.includes('..') || domain.startsWith('.') || domain.endsWith('.') ? null : email
}
