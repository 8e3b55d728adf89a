/**
 * What people are told about a password that is easy to guess: constant sentences, chosen by the names that the
 * estimator uses. The catalogue may lag behind its library; what it does not know is left out.
 */
import type { PasswordHint } from '@countersign/core'

const byWarning: Readonly<Record<string, PasswordHint>> = {
  straightRow: 'keyboard_pattern',
  keyPattern: 'keyboard_pattern',
  simpleRepeat: 'repetition',
  extendedRepeat: 'repetition',
  sequences: 'sequence',
  recentYears: 'date',
  dates: 'date',
  topTen: 'common_password',
  topHundred: 'common_password',
  common: 'common_password',
  similarToCommon: 'common_password',
  wordByItself: 'single_word',
  namesByThemselves: 'name',
  commonNames: 'name',
  userInputs: 'own_words',
}

const bySuggestion: Readonly<Record<string, PasswordHint>> = {
  l33t: 'substitution',
  reverseWords: 'substitution',
  allUppercase: 'substitution',
  capitalization: 'substitution',
  dates: 'date',
  recentYears: 'date',
  associatedYears: 'date',
  sequences: 'sequence',
  repeated: 'repetition',
  longerKeyboardPattern: 'keyboard_pattern',
  anotherWord: 'more_words',
  useWords: 'more_words',
}

/** The most telling first, each once. */
export function toHints(warning: string | null, suggestions: readonly string[]): readonly PasswordHint[] {
  const found = [
    warning === null ? undefined : byWarning[warning],
    ...suggestions.map((one) => bySuggestion[one]),
  ]
  return [...new Set(found.filter((hint) => hint !== undefined))]
}
