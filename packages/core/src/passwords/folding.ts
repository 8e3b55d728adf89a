/** How passwords are made alike before they are compared with known ones. Never applied to what is hashed. */

/** Compatibility forms may be eighteen times as long as what was typed; comparing is not worth that. */
const FOLDED_LENGTH_MAX = 512

/** Lower case, full-width letters and the like as plain ones. */
export function fold(text: string): string {
  const folded = text.normalize('NFKC').toLowerCase()
  return folded.length <= FOLDED_LENGTH_MAX ? folded : text.toLowerCase()
}

/** Undoes the substitutions that everybody knows, so attackers do too: `p@55w0rd`. */
export function toPlainLetters(text: string): string {
  return text.replace(/[@4301!$57]/g, (sign) => plainLetters[sign] ?? sign)
}

const plainLetters: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '0': 'o',
  '1': 'i',
  '!': 'i',
  $: 's',
  '5': 's',
  '7': 't',
}
