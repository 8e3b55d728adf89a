/** Client credentials in `Authorization: Basic` (RFC 6749 §2.3.1): each half form-encoded, then base64 of both. */
import { Secret } from '@countersign/protocol'

export interface BasicCredentials {
  readonly id: string
  readonly secret: Secret
}

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i

export const isBasic = (authorization: string): boolean => /^basic(?: |$)/i.test(authorization)

/** Null where it cannot be read as one id and one secret. */
export function parseBasic(authorization: string): BasicCredentials | null {
  const [, encoded] = BASIC.exec(authorization) ?? []
  if (encoded === undefined) return null
  const text = Buffer.from(encoded, 'base64').toString('latin1')
  const colon = text.indexOf(':')
  const id = colon < 0 ? null : formDecode(text.slice(0, colon))
  const secret = colon < 0 ? null : formDecode(text.slice(colon + 1))
  return id === null || secret === null ? null : { id, secret: new Secret(secret) }
}

function formDecode(text: string): string | null {
  if (!/[%+]/.test(text)) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // A stray percent sign: no encoder writes that.
    return null
  }
}
