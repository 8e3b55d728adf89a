/**
 * JSON as strangers send it. RFC 8259 §4 leaves repeated names open and parsers disagree about which one
 * wins; two readers of one message that disagree are how checks are bypassed, so repeated names are refused.
 * `__proto__` is refused as a name, and nesting is bounded.
 */

export type StrictJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: 'malformed' | 'repeated_name' | 'too_deep' }

/** How deep arrays and objects may stand in one another unless the caller says otherwise. */
export const JSON_DEPTH_MAX = 16

/** Parses JSON, refusing repeated names, the name `__proto__`, and nesting beyond `depthMax`. */
export function parseStrictJson(text: string, depthMax: number = JSON_DEPTH_MAX): StrictJson {
  let value: unknown
  // The depth comes first: JSON.parse would walk a million brackets before anyone could object.
  if (isDeeperThan(text, depthMax)) return { ok: false, problem: 'too_deep' }
  try {
    value = JSON.parse(text)
  } catch {
    return { ok: false, problem: 'malformed' }
  }
  // The scanner below may now trust that the text is well formed.
  return repeatsName(text) ? { ok: false, problem: 'repeated_name' } : { ok: true, value }
}

function isDeeperThan(text: string, depthMax: number): boolean {
  let depth = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === QUOTE) index = endOfString(text, index)
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth += 1
      if (depth > depthMax) return true
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1
  }
  return false
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

function repeatsName(text: string): boolean {
  // One set of names per open object; null stands for an open array.
  const open: (Set<string> | null)[] = []
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === OPEN_BRACE) open.push(new Set())
    else if (code === OPEN_BRACKET) open.push(null)
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) open.pop()
    else if (code === QUOTE) {
      const end = endOfString(text, index)
      const names = open.at(-1)
      if (names && nextSign(text, end + 1) === COLON && !addName(names, text.slice(index, end + 1)))
        return true
      index = end
    }
  }
  return false
}

/** The index of the closing quote, or the end of the text where there is none. */
function endOfString(text: string, start: number): number {
  let index = start + 1
  while (index < text.length && text.charCodeAt(index) !== QUOTE) {
    index += text.charCodeAt(index) === BACKSLASH ? 2 : 1
  }
  return index
}

/** The first code after white space: a colon says that the string before it was a name. */
function nextSign(text: string, start: number): number {
  let index = start
  while (index < text.length && text.charCodeAt(index) <= 0x20) index += 1
  return text.charCodeAt(index)
}

/** False when the name stood there before. Names are compared as they read, so `"\u0061"` equals `"a"`. */
function addName(names: Set<string>, quoted: string): boolean {
  const name: unknown = quoted.includes('\\') ? JSON.parse(quoted) : quoted.slice(1, -1)
  if (typeof name !== 'string' || name === '__proto__' || names.has(name)) return false
  names.add(name)
  return true
}
