/**
 * What a browser says about a ceremony (CollectedClientData, WebAuthn Level 3 §5.8.1). It is signed with the rest, so
 * it is as true as the browser is.
 */
import type { WebAuthnFlaw } from '@countersign/core'
import { parseBase64url } from './base64url.ts'

interface ClientData {
  readonly type: unknown
  readonly challenge: string
  readonly origin: unknown
  readonly crossOrigin: unknown
  readonly topOrigin: unknown
}

export function parseClientData(clientDataJson: string): ClientData | null {
  const bytes = parseBase64url(clientDataJson)
  if (bytes === null) return null
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (typeof value !== 'object' || value === null) return null
    const { type, challenge, origin, crossOrigin, topOrigin } = value as Record<string, unknown>
    return typeof challenge === 'string' ? { type, challenge, origin, crossOrigin, topOrigin } : null
  } catch {
    // No UTF-8, or no JSON: there is nothing in it to look at.
    return null
  }
}

export interface ExpectedClientData {
  readonly type: 'webauthn.create' | 'webauthn.get'
  readonly challenge: string
  readonly origins: readonly string[]
}

/** Steps 7 to 11 of §7.1, 10 to 14 of §7.2. */
export function findClientDataFlaw(data: ClientData, expected: ExpectedClientData): WebAuthnFlaw | null {
  if (data.type !== expected.type) return 'type'
  if (data.challenge !== expected.challenge) return 'challenge'
  // Compared as text: a subdomain, another port and another scheme are other origins (§13.4.9).
  if (typeof data.origin !== 'string' || !expected.origins.includes(data.origin)) return 'origin'
  // Pages that are shown inside of pages of others are not expected here, whoever shows them.
  const isFramed = data.crossOrigin !== undefined && data.crossOrigin !== false
  return isFramed || data.topOrigin !== undefined ? 'cross_origin' : null
}
