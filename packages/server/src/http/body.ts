/** Reads request bodies: bounded, of the one content type that the route takes, in valid UTF-8, strictly parsed. */
import { type ErrorCode, parseStrictJson } from '@countersign/protocol'

export interface BodyLimit {
  readonly bytesMax: number
  /** Whoever hands us the request reads no more of it than `Content-Length` says. */
  readonly isLengthHeld: boolean
}

export type BodyResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: ErrorCode; readonly repeated?: string }

/** A JSON body; nothing at all reads as an empty object where `optional`. */
export async function readJson(request: Request, limit: BodyLimit, optional: boolean): Promise<BodyResult> {
  if (mediaType(request) !== 'application/json') {
    const empty = optional && (request.body === null || request.headers.get('content-length') === '0')
    return empty ? { ok: true, value: {} } : { ok: false, code: 'unsupported_media_type' }
  }
  const text = await readText(request, limit)
  if (!text.ok) return text
  if (optional && text.value === '') return { ok: true, value: {} }
  const parsed = parseStrictJson(text.value)
  if (parsed.ok) return parsed
  const codes = {
    malformed: 'malformed_json',
    repeated_name: 'repeated_name',
    too_deep: 'json_too_deep',
  } as const
  return { ok: false, code: codes[parsed.problem] }
}

/** A form body as an object of strings; a name that stands twice is refused (RFC 6749 §3.1). */
export async function readForm(request: Request, limit: BodyLimit): Promise<BodyResult> {
  if (!isForm(request)) return { ok: false, code: 'unsupported_media_type' }
  const text = await readText(request, limit)
  if (!text.ok) return text
  const form = new Map<string, string>()
  const names = new Set<string>()
  for (const [name, value] of new URLSearchParams(text.value)) {
    if (names.has(name) || name === '__proto__') return { ok: false, code: 'repeated_name', repeated: name }
    names.add(name)
    // RFC 6749 §3.2: a parameter without a value is treated as if it had been omitted.
    if (value !== '') form.set(name, value)
  }
  return { ok: true, value: Object.fromEntries(form) }
}

/** Whether the body says to be a form; nothing is read of it. */
export const isForm = (request: Request): boolean =>
  mediaType(request) === 'application/x-www-form-urlencoded'

/** Only UTF-8 may be named as charset (RFC 8259 §8.1). */
function mediaType(request: Request): string | null {
  const [type, ...parameters] = (request.headers.get('content-type') ?? '').toLowerCase().split(';')
  const foreign = parameters.some(
    (one) => one.trim().startsWith('charset=') && !/^charset="?utf-8"?$/.test(one.trim()),
  )
  return foreign ? null : (type ?? '').trim()
}

type TextResult =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly code: ErrorCode }

async function readText(request: Request, limit: BodyLimit): Promise<TextResult> {
  const declared = Number(request.headers.get('content-length') ?? 'NaN')
  if (declared > limit.bytesMax) return { ok: false, code: 'body_too_large' }
  const isHeld = limit.isLengthHeld && declared <= limit.bytesMax
  try {
    const bytes = isHeld
      ? new Uint8Array(await request.arrayBuffer())
      : await readBytes(request, limit.bytesMax)
    if (bytes === null) return { ok: false, code: 'body_too_large' }
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    // Not UTF-8; or the client has left, or was too slow and cut off; or somebody else has read the body before.
    // None of these is a fault of ours, and nothing else fails here.
    return { ok: false, code: 'malformed_json' }
  }
}

/**
 * A declared length is a claim; what really arrives is counted. Null when there is too much. Node holds a sender
 * to the length that was declared, so that such a body may be read in one piece, at half the price.
 */
async function readBytes(request: Request, bytesMax: number): Promise<Uint8Array | null> {
  if (request.body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of request.body) {
    total += chunk.byteLength
    if (total > bytesMax) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
