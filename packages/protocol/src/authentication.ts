/**
 * How strongly a person proved who they are: the `amr` words of RFC 8176 §2 that this authority uses, and its
 * `acr` values, which are the assurance levels of NIST SP 800-63B-4 §2.
 */

export const acrValues = [
  'urn:countersign:acr:aal1',
  'urn:countersign:acr:aal2',
  'urn:countersign:acr:aal3',
] as const
export type Acr = (typeof acrValues)[number]

export const AAL1: Acr = 'urn:countersign:acr:aal1'
export const AAL2: Acr = 'urn:countersign:acr:aal2'
export const AAL3: Acr = 'urn:countersign:acr:aal3'

/** What a policy may demand, the weakest first. */
export const assuranceLevels = ['aal1', 'aal2', 'aal3'] as const
export type AssuranceLevel = (typeof assuranceLevels)[number]

/**
 * Two words are our own, since RFC 8176 has none: `recovery_code` for a look-up secret (NIST SP 800-63B-4 §3.1.2), and `fed`
 * for the word of another service.
 */
export type AmrWord = 'pwd' | 'otp' | 'recovery_code' | 'hwk' | 'swk' | 'user' | 'fed' | 'mfa'

/** The level that these methods reach together. Without `mfa` it is one factor, whichever it was. */
export function toAcr(amr: readonly string[]): Acr {
  return amr.includes('mfa') ? AAL2 : AAL1
}

/** True when what was reached is at least what is needed. An unknown value reaches nothing. */
export function reachesAcr(reached: string | null, needed: Acr): boolean {
  const levels: readonly string[] = acrValues
  return reached !== null && levels.indexOf(reached) >= levels.indexOf(needed)
}
