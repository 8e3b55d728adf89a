/**
 * Explains a credential without asking anybody: what kind it is, what each of its public parts means, and what
 * is odd about it. Says nothing about whether it is alive, and never repeats a secret or a signature.
 */
import { inspectAccessToken } from './inspect-jwt.ts'
import { inspectOpaque } from './inspect-opaque.ts'
import type { Inspection } from './inspection.ts'

/** Longer than any credential that an authority issues or takes. */
export const INSPECTED_CHARACTERS_MAX = 16_384

export function inspectCredential(text: string, nowMs: number): Inspection {
  const credential = text.trim()
  if (credential.length > INSPECTED_CHARACTERS_MAX) return unknown('It is longer than any credential.')
  return (
    inspectOpaque(credential) ?? inspectAccessToken(credential, nowMs) ?? unknown(explainUnknown(credential))
  )
}

function unknown(problem: string): Inspection {
  return { kind: 'unknown', id: null, wellFormed: false, parts: [], warnings: [problem] }
}

function explainUnknown(credential: string): string {
  if (credential === '') return 'There is nothing here.'
  if (/^(?:bearer|apikey)\s/i.test(credential)) {
    return 'It begins with the scheme of an Authorization header; leave that out.'
  }
  if (credential.split('.').length === 5)
    return 'It looks like an encrypted JWT (JWE), which only its recipient can read.'
  return 'It is neither an opaque credential of Countersign nor a JWT.'
}
