/**
 * Whole passwords that attackers derive from short lists. Of the hundred thousand that leak most often only
 * some seventy have fifteen characters, so a list alone would let `Password2026!!!` through: the rules here
 * are the ones that cracking tools apply first. Nothing is refused for a part of it (NIST SP 800-63B-4
 * §3.1.1.2).
 */
import type { CommonPasswords } from '../ports.ts'
import { fold, toPlainLetters } from './folding.ts'
import { isWalk } from './keyboard-walks.ts'

/** A unit this short is guessed outright when it is only repeated: there are fewer than 95^3 of them. */
const REPEATED_UNIT_MAX = 3
/** So many digits and signs before or after a common word add little, whatever they are. */
const FEW_SIGNS = 4

/** True when the password is a common one, or follows from one or from the keyboard by a simple rule. */
export function isDerivedFromCommon(password: string, common: CommonPasswords): boolean {
  const text = fold(password)
  return isCommon(text, common) || isWalk(text) || isRepetition(text, common) || isPadded(text, common)
}

/** In the list as it stands, with its substitutions undone, or either of these backwards. */
function isCommon(text: string, common: CommonPasswords): boolean {
  return [text, toPlainLetters(text)].some((form) => common.has(form) || common.has(reverse(form)))
}

const reverse = (text: string): string => [...text].reverse().join('')

/** One unit again and again, where the unit can be guessed: `passwordpassword`, `qwe!qwe!qwe!qwe!`. */
function isRepetition(text: string, common: CommonPasswords): boolean {
  const unit = repeatedUnit(text)
  if (unit === null) return false
  // Only signs of every keyboard: no list repeats emoji or the letters of other scripts.
  if (unit.length <= REPEATED_UNIT_MAX) return /^[\x20-\x7e]+$/.test(unit)
  return isCommon(unit, common) || isWalk(unit) || isPadded(unit, common)
}

/** A guessable core between digits and signs: `2026password!!!`, `$unshine11111111`. */
function isPadded(text: string, common: CommonPasswords): boolean {
  const [before = ''] = /^[^\p{L}]*/u.exec(text) ?? []
  const [after = ''] = /[^\p{L}]*$/u.exec(text) ?? []
  if (before.length === text.length) return false
  // A sign in front may stand for a letter, so the core is tried with what stands before it, too.
  return [before, ''].some((front) => {
    const core = text.slice(front.length, text.length - after.length)
    if (core.length === text.length || !(isCommon(core, common) || isRepetition(core, common))) return false
    // Many digits beside a short name may be a secret of their own. Only where the core is the longer part,
    // or the padding follows a rule, is the password no better than its core.
    return core.length >= front.length + after.length || (isSimple(front) && isSimple(after))
  })
}

/** Nothing, a few signs, signs without digits, a sequence, a repetition, or a year. */
function isSimple(padding: string): boolean {
  const digits = padding.replace(/[^\p{N}]/gu, '')
  if (padding.length <= FEW_SIGNS || digits === '' || isWalk(digits)) return true
  return /^(?:19|20)\d\d$/.test(digits) || repeatedUnit(digits) !== null
}

/**
 * The shortest unit that the text repeats at least twice, the last time perhaps cut off: `passwordpasswordpas`,
 * `password-password`. Null where there is none.
 */
function repeatedUnit(text: string): string | null {
  const characters = [...text]
  for (let length = 1; length * 2 <= characters.length + 1; length += 1) {
    const repeats = characters.every((one, index) => index < length || one === characters[index - length])
    if (repeats) return characters.slice(0, length).join('')
  }
  return null
}
