/** Body and query of a request, checked against the schemas of its route. */
import type { ErrorCode } from '@countersign/protocol'
import { z } from 'zod'
import { parseForm, readForm, readJson } from './body.ts'
import type { Incoming } from './exchange.ts'
import type { AnyRoute } from './route.ts'

export type Fields = readonly { readonly path: string; readonly message: string }[]

export type Input =
  | { readonly ok: true; readonly body: unknown; readonly query: unknown }
  | { readonly ok: false; readonly code: ErrorCode; readonly fields: Fields }

/** How many mistakes are named at once. */
const FIELDS_MAX = 20

export async function readInput(route: AnyRoute, incoming: Incoming, bytesMax: number): Promise<Input> {
  const query = parseQuery(route, incoming)
  if (!query.ok) return { ok: false, code: 'invalid_request', fields: query.fields }
  if (route.body === undefined) return { ok: true, body: undefined, query: query.value }
  const form = route.bodyForm ?? 'json'
  const read =
    form === 'form'
      ? await readForm(incoming, bytesMax)
      : await readJson(incoming, bytesMax, form === 'optional_json')
  if (!read.ok) {
    const path = read.repeated !== undefined && isNamed(route.body, read.repeated) ? read.repeated : null
    const fields = path === null ? [] : [{ path, message: 'A parameter stands twice.' }]
    return { ok: false, code: read.code, fields }
  }
  const body = parse(route.body, read.value)
  if (!body.ok) return { ok: false, code: 'invalid_request', fields: body.fields }
  return { ok: true, body: body.value, query: query.value }
}

type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly fields: Fields }

function parseQuery(route: AnyRoute, { search }: Incoming): Parsed {
  if (route.query === undefined) return { ok: true, value: undefined }
  const found: Record<string, string> = Object.create(null)
  for (const [name, value] of parseForm(search.slice(1))) {
    // Two readers of one URL disagree about which of two values counts: neither does.
    if (name in found) {
      const path = isNamed(route.query, name) ? name : ''
      return { ok: false, fields: [{ path, message: 'A query parameter stands twice.' }] }
    }
    found[name] = value
  }
  return parse(route.query, found)
}

/** Only a name that is ours is named: what the caller sent is not sent back. */
function isNamed(schema: z.ZodType, name: string): boolean {
  return schema instanceof z.ZodObject && Object.hasOwn(schema.shape, name)
}

function parse(schema: z.ZodType, value: unknown): Parsed {
  const result = schema.safeParse(value)
  if (result.success) return { ok: true, value: result.data }
  return { ok: false, fields: result.error.issues.slice(0, FIELDS_MAX).map(toField) }
}

/** Messages are ours and constant: what the caller sent is not sent back (RFC 9457 §5). */
function toField(issue: z.core.$ZodIssue): { path: string; message: string } {
  const path = issue.path.map(String).join('.')
  switch (issue.code) {
    case 'invalid_type':
      return { path, message: `Expected ${issue.expected}.` }
    case 'unrecognized_keys':
      return { path, message: 'There are members here that this request does not know.' }
    case 'too_big':
      return { path, message: `At most ${issue.maximum}.` }
    case 'too_small':
      return { path, message: `At least ${issue.minimum}.` }
    case 'invalid_value':
      return { path, message: `One of: ${issue.values.join(', ')}.` }
    default:
      return { path, message: 'This does not have the form that is expected here.' }
  }
}
