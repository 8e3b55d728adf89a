/** Reads request bodies: bounded, of the one content type that the route takes, in valid UTF-8, strictly parsed. */
import { type ErrorCode, parseStrictJson } from '@countersign/protocol'
import type { Headers, Incoming } from './exchange.ts'

export type BodyResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: ErrorCode; readonly repeated?: string }

/** A JSON body; nothing at all reads as an empty object where `optional`. */
export async function readJson(incoming: Incoming, bytesMax: number, optional: boolean): Promise<BodyResult> {
  if (mediaType(incoming.header) !== 'application/json') {
    const empty = optional && !incoming.hasBody
    return empty ? { ok: true, value: {} } : { ok: false, code: 'unsupported_media_type' }
  }
  const text = await readText(incoming, bytesMax)
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
export async function readForm(incoming: Incoming, bytesMax: number): Promise<BodyResult> {
  if (!isForm(incoming.header)) return { ok: false, code: 'unsupported_media_type' }
  const text = await readText(incoming, bytesMax)
  if (!text.ok) return text
  const form: Record<string, string> = {}
  const names = new Set<string>()
  for (const [name, value] of parseForm(text.value)) {
    if (names.has(name) || name === '__proto__') return { ok: false, code: 'repeated_name', repeated: name }
    names.add(name)
    // RFC 6749 §3.2: a parameter without a value is treated as if it had been omitted.
    if (value !== '') form[name] = value
  }
  return { ok: true, value: form }
}

/** What may stand in a form that is not encoded at all: printable ASCII but for the percent sign and the plus. */
const PLAIN = /^[!-$&-*,-~]*$/

/** The pairs of a form (URL Standard §5.1); by hand where nothing is encoded, which is most of what programs send. */
export function parseForm(text: string): Iterable<readonly [name: string, value: string]> {
  // The constructor would take a first question mark for one of a query, and drop it.
  if (!PLAIN.test(text)) return new URLSearchParams(text.startsWith('?') ? `?${text}` : text)
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=')
      return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
    })
}

const FORM = 'application/x-www-form-urlencoded'

/** Whether the body says to be a form; nothing is read of it. */
export const isForm = (header: Headers): boolean => mediaType(header) === FORM

/** Only UTF-8 may be named as charset (RFC 8259 §8.1). */
function mediaType(header: Headers): string | null {
  const sent = header('content-type') ?? ''
  if (sent === FORM) return FORM
  const [type, ...parameters] = sent.toLowerCase().split(';')
  const foreign = parameters.some(
    (one) => one.trim().startsWith('charset=') && !/^charset="?utf-8"?$/.test(one.trim()),
  )
  return foreign ? null : (type ?? '').trim()
}

type TextResult =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly code: ErrorCode }

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

async function readText(incoming: Incoming, bytesMax: number): Promise<TextResult> {
  const declared = Number(incoming.header('content-length') ?? 'NaN')
  if (declared > bytesMax) return { ok: false, code: 'body_too_large' }
  try {
    const bytes = await incoming.readBody(bytesMax)
    if (bytes === null) return { ok: false, code: 'body_too_large' }
    return { ok: true, value: utf8.decode(bytes) }
  } catch {
    // Not UTF-8; or the client has left, or was too slow and cut off; or somebody else has read the body before.
    // None of these is a fault of ours, and nothing else fails here.
    return { ok: false, code: 'malformed_json' }
  }
}
