// Compares what a document shows with what a program printed: line by line, `…` standing for anything within a line. The width of
// white space does not count, since it follows from what stands there.

/** The first line in which the two differ, in words; null where they do not. */
export function findDifference(shown: string, printed: string): string | null {
  const wanted = toLines(shown)
  const found = toLines(printed)
  const length = Math.max(wanted.length, found.length)
  for (let index = 0; index < length; index += 1) {
    const [want, have] = [wanted[index], found[index]]
    if (want === undefined || have === undefined || !toPattern(want).test(have)) {
      return `line ${index + 1}: shown is ${tell(want)}, printed was ${tell(have)}; in all it was:\n${printed}`
    }
  }
  return null
}

/** The part of what was printed that begins like what is shown and has as many lines; all of it where nothing does. */
export function cutLike(shown: string, printed: string): string {
  const [first = '', ...others] = toLines(shown)
  const lines = printed.split('\n')
  const start = lines.findIndex((line) => line.trim() !== '' && toPattern(first).test(line.trim()))
  return start < 0 ? printed : lines.slice(start, start + others.length + 1).join('\n')
}

const toLines = (text: string): string[] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim())

const tell = (line: string | undefined): string => (line === undefined ? 'nothing' : JSON.stringify(line))

function toPattern(line: string): RegExp {
  const escaped = line.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  return new RegExp(`^${escaped.replace(/\s+/g, '\\s+').replaceAll('…', '.*?')}$`)
}
