/** Text from strangers, made harmless for terminals and logs. */

/**
 * Spells out control characters and the invisible marks that turn the direction of writing: with them a name
 * or a claim could make a terminal show something else than what is there.
 */
export function toPrintable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu
