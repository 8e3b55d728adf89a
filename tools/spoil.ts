/** Secrets that are nearly right, for tests. */

/** Another last character, whatever it was: a secret ends with a given one in 1 of 62 times. */
export const spoil = (secret: string): string => `${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`
