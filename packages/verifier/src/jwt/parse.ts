/**
 * Takes a compact JWS apart, strictly (RFC 7515 §3.1, §4.1; RFC 9068 §2.1; RFC 8725 §3). Only the header is
 * read here. The payload stays bytes until its signature has been checked: `parsePayload` comes after that.
 */
import { ACCESS_TOKEN_TYPE, parseStrictJson } from '@countersign/protocol'
import { parseBase64url } from './base64url.ts'

/** The longest access token that is looked at, in characters. */
export const ACCESS_TOKEN_CHARACTERS_MAX = 8192

/** What is used of a header; both are attacker input until the signature has been checked. */
export interface JwsHeader {
  readonly alg: string
  readonly kid: string
}

export interface CompactJws {
  readonly header: JwsHeader
  /** The header as it was sent, by which an accepted one is known again. */
  readonly headerText: string
  readonly signingInput: string
  readonly payload: Uint8Array
  /** As it was sent: whoever verifies it knows what it must be, and takes no spelling but the canonical one. */
  readonly signature: string
}

export type ParsedJws =
  | { readonly ok: true; readonly jws: CompactJws }
  | { readonly ok: false; readonly reason: 'malformed' | 'wrong_type' }

/**
 * Parses the compact serialization of an access token. Refuses anything but three canonical parts (a JWE has
 * five, RFC 7516 §3.1; the JSON serialization has none), and every header that asks for more than a plain
 * signature. `knownHeaders` maps header texts that stood under a good signature before to what they say.
 */
export function parseCompactJws(text: string, knownHeaders: ReadonlyMap<string, JwsHeader>): ParsedJws {
  const parts = splitCompactJws(text)
  if (parts === null) return malformed
  const header = knownHeaders.get(parts.headerText) ?? parseHeader(parts.headerText)
  if (header === 'malformed' || header === 'wrong_type') return { ok: false, reason: header }
  const { headerText, signingInput, payload, signature } = parts
  return { ok: true, jws: { header, headerText, signingInput, payload, signature } }
}

const malformed: ParsedJws = { ok: false, reason: 'malformed' }

/** The three parts, with nothing read yet but how they are spelled; null for anything else. */
export function splitCompactJws(text: string): Omit<CompactJws, 'header'> | null {
  if (text.length > ACCESS_TOKEN_CHARACTERS_MAX) return null
  const first = text.indexOf('.')
  const second = text.indexOf('.', first + 1)
  const hasThreeParts = first > 0 && second > first + 1 && second < text.length - 1
  if (!hasThreeParts || text.includes('.', second + 1)) return null
  const payload = parseBase64url(text.slice(first + 1, second))
  if (payload === null) return null
  return {
    headerText: text.slice(0, first),
    signingInput: text.slice(0, second),
    payload,
    signature: text.slice(second + 1),
  }
}

/**
 * Members that change what a signature means or bring a key along. `crit` names extensions that must be
 * understood, and none is (RFC 7515 §4.1.11, RFC 7797 §7 for `b64`); `enc` belongs to a JWE. Keys in the
 * header would be ignored safely, but nobody honest sends them to a resource server, and a refusal leaves no
 * doubt that they are never followed (RFC 8725 §3.10).
 */
const refusedMembers = ['crit', 'b64', 'enc', 'jwk', 'jku', 'x5u', 'x5c']

function parseHeader(headerText: string): JwsHeader | 'malformed' | 'wrong_type' {
  const header = parsePlainHeader(headerText)
  if (header === null) return 'malformed'
  const { alg, kid, typ } = header
  if (typeof alg !== 'string' || typeof kid !== 'string') return 'malformed'
  return isAccessTokenType(typ) ? { alg, kid } : 'wrong_type'
}

/** The members of a header that asks for nothing but a plain signature by a key that is known already; else null. */
export function parsePlainHeader(headerText: string): JsonObject | null {
  const header = parseAnyHeader(headerText)
  return header === null || refusedMembers.some((member) => Object.hasOwn(header, member)) ? null : header
}

/** A proof brings its own key and nothing else that changes what a signature means (RFC 9449 §4.2). */
export function parseProofHeader(headerText: string): JsonObject | null {
  const header = parseAnyHeader(headerText)
  const isRefused = (member: string): boolean =>
    member !== 'jwk' && header !== null && Object.hasOwn(header, member)
  return refusedMembers.some(isRefused) ? null : header
}

function parseAnyHeader(headerText: string): JsonObject | null {
  const bytes = parseBase64url(headerText)
  const text = bytes === null ? null : toText(bytes)
  return text === null ? null : parseStrict(text)
}

/** A media type without a slash stands for `application/…`, and case does not count (RFC 7515 §4.1.9). */
function isAccessTokenType(typ: unknown): boolean {
  if (typeof typ !== 'string') return false
  const lower = typ.toLowerCase()
  return lower === ACCESS_TOKEN_TYPE || lower === `application/${ACCESS_TOKEN_TYPE}`
}

export type JsonObject = Readonly<Record<string, unknown>>

/** The claims of a payload whose signature was good; null unless it is one strict JSON object in UTF-8. */
export function parsePayload(payload: Uint8Array): JsonObject | null {
  const text = toText(payload)
  return text === null ? null : (parsePlain(text) ?? parseStrict(text))
}

/** Where one of these stands, names cannot be counted by what follows them. */
const oddities = ['\\', '\t', '\n', '\r', '" ', '__proto__']

/**
 * The quick way, for what a printer of JSON has written. Without escapes every quote begins or ends a text, and
 * without white space behind it every name is followed by its colon at once. So there are at least as many
 * `":` as names, and exactly as many as the object has members only where none is named twice and nothing has
 * members further in. Null where this cannot tell.
 */
function parsePlain(text: string): JsonObject | null {
  for (const oddity of oddities) if (text.includes(oddity)) return null
  let object: JsonObject | null
  try {
    object = toObject(JSON.parse(text))
  } catch {
    // Not JSON, or nested too deeply. The strict parser says which.
    return null
  }
  let names = 0
  for (const name in object) {
    const member = object[name]
    if (Array.isArray(member) && member.some(Array.isArray)) return null
    names += 1
  }
  for (let at = text.indexOf('":'); at !== -1; at = text.indexOf('":', at + 2)) names -= 1
  return names === 0 ? object : null
}

function parseStrict(text: string): JsonObject | null {
  const parsed = parseStrictJson(text)
  return parsed.ok ? toObject(parsed.value) : null
}

function toObject(value: unknown): JsonObject | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  return value as JsonObject
}

// A byte order mark stays in the text, where JSON does not allow it, instead of vanishing.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** RFC 7519 §7.2 and RFC 8725 §3.7: UTF-8 and nothing else; null when it is not. */
function toText(bytes: Uint8Array): string | null {
  // Buffer is quicker, and puts this character in place of whatever is no UTF-8.
  const quick = typeof Buffer === 'function' && bytes instanceof Buffer ? bytes.toString() : '\ufffd'
  if (!quick.includes('\ufffd')) return quick
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}
