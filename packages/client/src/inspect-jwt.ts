/** Explains a JWT: its header, each claim, and what a careful verifier would find odd (RFC 7519, 8725, 9068). */
import { ACCESS_TOKEN_TYPE } from '@countersign/protocol'
import { explainClaim, explainHeader, toText } from './claim-words.ts'
import type { Inspection } from './inspection.ts'
import { findWarnings } from './jwt-warnings.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** Null when the text has not the three parts of a JWT. */
export function inspectAccessToken(text: string, nowMs: number): Inspection | null {
  const parts = text.split('.')
  if (parts.length !== 3 || !/^[\w-]+$/.test(parts[0] ?? '')) return null
  const header = decode(parts[0])
  const claims = decode(parts[1])
  // A host name has three parts too: only what decodes to JSON somewhere is taken for a JWT.
  if (header === null && claims === null) return null
  if (header === null || claims === null) return broken(header === null ? 'header' : 'payload')
  const signature = parts[2] ?? ''
  return {
    kind: header.typ === ACCESS_TOKEN_TYPE ? 'access_token' : 'jwt',
    id: typeof claims.jti === 'string' ? toText(claims.jti) : null,
    wellFormed: signature !== '',
    parts: [
      ...Object.entries(header).map(([name, value]) => explainHeader(name, value)),
      ...Object.entries(claims).map(([name, value]) => explainClaim(name, value, nowMs)),
      {
        name: 'signature',
        value: signature === '' ? 'none' : `${byteLength(signature)} bytes, not shown`,
        meaning: 'not checked here: that needs the issuer’s public keys',
      },
    ],
    warnings: findWarnings(header, claims, signature, nowMs),
  }
}

function broken(part: 'header' | 'payload'): Inspection {
  const warnings = [`The ${part} is not JSON in base64url.`]
  return { kind: 'jwt', id: null, wellFormed: false, parts: [], warnings }
}

function decode(part: string | undefined): JsonObject | null {
  if (part === undefined || !/^[\w-]+$/.test(part)) return null
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (one) =>
      one.charCodeAt(0),
    )
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return isJsonObject(value) ? value : null
  } catch {
    return null // Not base64url, not UTF-8 or not JSON: the caller says which part it was.
  }
}

const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const byteLength = (base64url: string): number => Math.floor((base64url.length * 3) / 4)
