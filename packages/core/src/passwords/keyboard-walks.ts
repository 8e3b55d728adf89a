/**
 * Passwords that a finger walks over the keyboard or along the alphabet: `1qaz2wsx3edc4rfv`,
 * `qwertyuiopasdfgh`, `q1w2e3r4t5y6u7i8`, `112233445566778899`, `abcdefghijklmno`.
 */

/** Every other piece of a walk has at least this many signs; the last one may be cut off. */
const PIECE_MIN = 3

const lines = [
  '1234567890',
  '0123456789',
  'abcdefghijklmnopqrstuvwxyz',
  // Rows of QWERTY, QWERTZ, AZERTY and ЙЦУКЕН.
  'qwertyuiop[]',
  "asdfghjkl;'",
  'zxcvbnm,./',
  'qwertzuiop',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  'йцукенгшщзхъ',
  'фывапролджэ',
  'ячсмитьбю',
  '!@#$%^&*()_+',
  // Columns, with the digit above and without.
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
  'qazwsxedcrfvtgbyhnujmikolp',
]

/** Each line twice, so that walks may wrap around its end, and the same backwards. */
const paths: readonly string[] = lines.flatMap((line) => [line + line, [...(line + line)].reverse().join('')])

/** True when the whole text, in lower case, is one walk, or two walks typed in turn. */
export function isWalk(text: string): boolean {
  if (text.length < PIECE_MIN) return false
  return isPath(text) || isPath(withoutDoubles(text)) || isInterleaved(text) || isCounting(text)
}

/** Cuts the text greedily into pieces of the paths; greedy is enough, since pieces only need to be long. */
function isPath(text: string): boolean {
  let start = 0
  while (start < text.length) {
    const length = longestPiece(text, start)
    const rest = text.length - start
    if (length < PIECE_MIN && length < rest) return false
    // A tail of one or two signs is a piece of some line, or it is not a walk.
    if (length === 0) return false
    start += length
  }
  return text.length >= PIECE_MIN
}

function longestPiece(text: string, start: number): number {
  let longest = 0
  for (const path of paths) {
    let length = longest
    while (start + length < text.length && path.includes(text.slice(start, start + length + 1))) length += 1
    longest = length
  }
  return longest
}

/** `112233` and `122333` walk as `123` does. */
function withoutDoubles(text: string): string {
  return text.replace(/(.)\1+/gsu, '$1')
}

/** Every second sign walks, or stands still, and so do the others: `q1w2e3`, `12131415`. */
function isInterleaved(text: string): boolean {
  const characters = [...text]
  const halves = [0, 1].map((half) => characters.filter((_, index) => index % 2 === half).join(''))
  return halves.every(
    (half) => half.length >= PIECE_MIN && (isPath(half) || withoutDoubles(half).length === 1),
  )
}

/** Numbers in a row: `123456789101112`. */
function isCounting(text: string): boolean {
  if (!/^\d{6,}$/.test(text)) return false
  for (let digits = 1; digits <= 3; digits += 1) {
    let next = Number(text.slice(0, digits))
    let counted = ''
    while (counted.length < text.length) {
      counted += next
      next += 1
    }
    if (counted.startsWith(text)) return true
  }
  return false
}
