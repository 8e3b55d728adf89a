/**
 * Passwords that are built from what everybody knows about their owner and about the service
 * (ASVS 6.2.11): the address, the name, the words of the product.
 */
import { fold, toPlainLetters } from './folding.ts'

export interface PasswordContext {
  readonly email: string
  readonly name: string | null
  /** Words of the service and its organisation (ASVS 6.1.2). */
  readonly words: readonly string[]
}

/** Shorter pieces stand inside ordinary words by accident. */
const WORD_LETTERS_MIN = 3
/** What context words must cover before they count: one three-letter name among digits proves nothing. */
const COVERED_LETTERS_MIN = 4
/** One foreign letter for four known ones is still the known word, misspelled or joined. */
const COVERED_PER_FOREIGN_LETTER = 4
/** How many words one context gives; a name of a thousand parts buys no work. */
const WORDS_MAX = 64

/** True when nearly every letter of the password belongs to context words, in any case or common misspelling. */
export function isMadeOfContext(password: string, context: PasswordContext): boolean {
  const words = toWords(context)
  const folded = fold(password)
  return isCovered(folded, words) || isCovered(toPlainLetters(folded), words)
}

/** Every word of three letters or more, folded. */
export function toWords(context: PasswordContext): readonly string[] {
  const [local = '', domain = ''] = context.email.split('@')
  // The last label is a top-level domain: many share it and nobody is known by it.
  const labels = domain.split('.').slice(0, -1)
  const words = new Set<string>()
  for (const source of [local, ...labels, context.name ?? '', ...context.words]) {
    const parts = fold(source).split(/[^\p{L}\p{M}]+/u)
    for (const part of parts) if (part.length >= WORD_LETTERS_MIN) words.add(part)
  }
  return [...words].slice(0, WORDS_MAX)
}

function isCovered(text: string, words: readonly string[]): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0
  const covered = coveredLetters(text, words)
  return covered >= COVERED_LETTERS_MIN && (letters - covered) * COVERED_PER_FOREIGN_LETTER <= covered
}

/** The most letters that words can cover without overlapping; `best[end]` answers for the text up to `end`. */
function coveredLetters(text: string, words: readonly string[]): number {
  const best = [0]
  for (let end = 1; end <= text.length; end += 1) {
    let most = best[end - 1] ?? 0
    for (const word of words) {
      if (text.endsWith(word, end)) most = Math.max(most, (best[end - word.length] ?? 0) + word.length)
    }
    best.push(most)
  }
  return best[text.length] ?? 0
}
