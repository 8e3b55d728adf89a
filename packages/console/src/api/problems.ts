/** What went wrong, in the words of the person who looks at the page. */
import { ApiProblem, AuthorityUnreachable } from '@countersign/client'
import type { Messages } from '../i18n/messages.ts'

export interface Told {
  readonly text: string
  /** To quote to an administrator, who can look up the full reason. */
  readonly decisionId: string | null
}

/** The person closed the dialogue that asked for a proof: nothing to tell. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled'
}

/** A text for whatever was thrown. Codes that are not in the catalogue keep the server's own words. */
export function tell(error: unknown, t: Messages): Told {
  if (error instanceof ApiProblem) {
    const known: Readonly<Record<string, string>> = t.problems
    const [field] = error.fields
    const text = known[error.code] ?? (error.detail === '' ? error.title : error.detail)
    const precise =
      error.code === 'invalid_request' && field !== undefined ? `${field.path}: ${field.message}` : text
    return { text: precise, decisionId: error.decisionId }
  }
  if (error instanceof AuthorityUnreachable) return { text: t.problems.unreachable, decisionId: null }
  return { text: t.problems.unexpected, decisionId: null }
}

export const isProblem = (error: unknown, ...codes: readonly string[]): error is ApiProblem =>
  error instanceof ApiProblem && codes.includes(error.code)

/** What the authority says about one field, or undefined: to stand at that field. */
export const fieldMistake = (error: unknown, name: string): string | undefined =>
  isProblem(error, 'invalid_request')
    ? error.fields.find(({ path }) => path === name || path.startsWith(`${name}.`))?.message
    : undefined

/** The session is gone: nobody is signed in here any more. */
export const isSignedOut = (error: unknown): boolean =>
  isProblem(error, 'credential_required', 'invalid_credential')

/** What browsers say when somebody declines, or has no passkey for this service (WebAuthn §5.1.3). */
export const isDeclined = (error: unknown): boolean =>
  error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError')
