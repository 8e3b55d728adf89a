/**
 * Recovery codes: ten for an account, each for one use. The first character is the code's number and no
 * secret, so that one hash is compared and not ten; the other fifteen are 75 random bits, over the 64 that
 * NIST SP 800-63B-4 §4.2.1.1 asks for and under the 112 that could do without a password hash (ASVS 6.5.2).
 */
import { Secret } from '@countersign/protocol'
import type { Random } from '../ports.ts'

export const RECOVERY_CODES = 10
const RANDOM_CHARACTERS = 15
/** Without i, l, o and u, which people mistake for others. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const SHAPE = /^\d[0-9a-hjkmnp-tv-z]{15}$/

/** Ten new codes; the index of each is its number. */
export function makeRecoveryCodes(random: Random): readonly Secret[] {
  return Array.from({ length: RECOVERY_CODES }, (_, number) => {
    // 256 is a multiple of 32, so no character is likelier than another.
    const body = [...random.bytes(RANDOM_CHARACTERS)].map((byte) => ALPHABET.charAt(byte & 31)).join('')
    return new Secret(`${number}${body}`)
  })
}

/** For people: in groups of four. */
export function spellRecoveryCode(code: Secret): string {
  return code.reveal().match(/.{4}/g)?.join('-') ?? ''
}

/** Reads a code as people type it, with the letters that are mistaken for digits; null for what is none. */
export function parseRecoveryCode(text: string): { readonly number: number; readonly code: Secret } | null {
  const plain = text.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1')
  return SHAPE.test(plain) ? { number: Number(plain.charAt(0)), code: new Secret(plain) } : null
}
