/**
 * What a range server answers (the form of Have I Been Pwned): one line for each leaked password whose SHA-1
 * begins with the prefix that was asked for, `<the other 35 hexadecimal digits>:<how often>`.
 */

/** Some thousand lines of forty characters with room to grow; more is no answer to a prefix. */
export const RANGE_BYTES_MAX = 1_048_576

const LINE = /^([0-9A-Fa-f]{35}):(\d{1,15})$/
/** Stands before every suffix, so that a search never begins inside one. */
const MARK = '\n'

/** The suffixes of one prefix, in one string: a `Set` of them would weigh ten times as much. */
export interface Range {
  readonly suffixes: string
}

/**
 * Null where anything else stands in the text. Half an answer is none: an error page, or a list that was cut off
 * in the middle, must not look like "not leaked".
 */
export function parseRange(text: string): Range | null {
  const found: string[] = []
  const lines = text.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  // A prefix has hundreds of leaked passwords; nothing at all comes from something that is no range server.
  if (lines.length === 0) return null
  for (const line of lines) {
    const [, suffix, count] = LINE.exec(line) ?? []
    if (suffix === undefined) return null
    // Padding, which hides from an eavesdropper how long the list is, has the count 0.
    if (Number(count) > 0) found.push(MARK + suffix.toUpperCase())
  }
  return { suffixes: found.join('') }
}

export function hasSuffix(range: Range, suffix: string): boolean {
  return range.suffixes.includes(MARK + suffix)
}
