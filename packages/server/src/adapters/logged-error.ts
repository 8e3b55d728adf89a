/**
 * What of an error may be written to the log. Messages of parsers and drivers quote what they were given,
 * which may be a password; so quotations, whatever looks like a credential, and all lines but the first are
 * left out (ASVS 16.2.5).
 */

export interface LoggedError {
  readonly name: string
  readonly code?: string
  readonly message: string
  /** Where it was thrown: files and lines, without the message. */
  readonly at?: readonly string[]
  readonly cause?: LoggedError
}

const TEXT_CHARACTERS_MAX = 300
const FRAMES_MAX = 12
const CAUSES_MAX = 3

// Control signs, line breaks of Unicode, and marks that reverse the reading direction: a terminal obeys them.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
/** A quotation, closed or not. An apostrophe inside a word begins none. */
const QUOTATION = /(?<![\p{L}\p{N}])(["'`])(?:(?!\1).)*\1?/gsu
/** Identifiers, tokens, digests and paths alike: no prose is this long without a space. */
const OPAQUE = /[\w.~+/=-]{24,}/g

export function toLoggedError(error: unknown, causesMax: number = CAUSES_MAX): LoggedError {
  if (!(error instanceof Error))
    return { name: typeof error, message: 'Something that is no error was thrown.' }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null
  const [message = ''] = error.message.split('\n')
  // The stack repeats the message, whose own lines must not pass for places.
  const at = toFrames(error.stack?.replace(error.message, ''))
  return {
    name: toLoggedText(error.name),
    ...(code !== null && { code: toLoggedText(code) }),
    message: toLoggedText(message.replace(QUOTATION, '$1…$1').replace(OPAQUE, '[redacted]')),
    ...(at.length > 0 && { at }),
    ...(error.cause !== undefined && causesMax > 0 && { cause: toLoggedError(error.cause, causesMax - 1) }),
  }
}

/** The lines of a stack that name places. */
function toFrames(stack: string | undefined): readonly string[] {
  const frames = (stack ?? '').split('\n').filter((line) => /^ {4}at .*:\d+:\d+\)?$/.test(line))
  return frames.slice(0, FRAMES_MAX).map((line) => toLoggedText(line.trim()))
}

/** One line that no terminal and no log reader misunderstands (ASVS 16.4.1), at most 300 characters. */
export function toLoggedText(text: string): string {
  return text.slice(0, TEXT_CHARACTERS_MAX).replace(UNPRINTABLE, '\u{fffd}')
}
