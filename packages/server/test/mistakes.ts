/** What can be wrong about a body: for every route the same list, made from the route's own schema. */
import type { ErrorCode } from '@countersign/protocol'
import { z } from 'zod'
import type { AnyRoute } from '../src/http/route.ts'
import type { SendOptions } from './given.ts'
import { formOf, samples } from './walk.ts'

/** Stands in everything that is sent; no answer may give it back. */
export const CANARY = 'canary4711'

export interface Mistake {
  readonly what: string
  readonly options: SendOptions
  readonly code: ErrorCode
}

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

export function mistakesOf(route: AnyRoute, bytesMax: number): readonly Mistake[] {
  const own = route.bodyForm === 'form' ? formMistakes(route) : jsonMistakes(route)
  return [...own, ...carriageMistakes(route, bytesMax)]
}

function typed(type: string, raw: SendOptions['raw'], more: Record<string, string> = {}): SendOptions {
  return { ...(raw !== undefined && { raw }), headers: { 'content-type': type, ...more } }
}

/** About sizes, types and characters, whatever the body says. */
function carriageMistakes(route: AnyRoute, bytesMax: number): Mistake[] {
  const isForm = route.bodyForm === 'form'
  const type = isForm ? FORM_TYPE : JSON_TYPE
  const sample = samples[route.name] ?? {}
  const good = isForm ? new URLSearchParams(formOf(sample)).toString() : JSON.stringify(sample)
  const big = isForm ? `${good}&${CANARY}=${'x'.repeat(bytesMax)}` : `${' '.repeat(bytesMax)}${good}`
  const bytes = Buffer.concat([Buffer.from(good), Buffer.from([0xc3, 0x28])])
  const media = (what: string, contentType: string): Mistake => ({
    what,
    options: typed(contentType, good),
    code: 'unsupported_media_type',
  })
  return [
    { what: 'is too large', options: typed(type, big), code: 'body_too_large' },
    {
      what: 'says that it is too large',
      options: typed(type, good, { 'content-length': String(bytesMax + 1) }),
      code: 'body_too_large',
    },
    {
      what: 'is larger than it says',
      options: typed(type, big, { 'content-length': '2' }),
      code: 'body_too_large',
    },
    media('has another content type', isForm ? JSON_TYPE : FORM_TYPE),
    media('has a content type of its own', `text/${CANARY}`),
    media('has a content type that only begins like ours', `${type}x`),
    media('has two content types', `${type}, text/plain`),
    media('has a foreign charset', `${type}; charset=utf-16`),
    media('has a foreign charset beside ours', `${type}; charset=utf-8; charset=${CANARY}`),
    {
      what: 'has no content type',
      options: { raw: Buffer.from(good) },
      code: 'unsupported_media_type',
    },
    { what: 'is no UTF-8', options: typed(type, bytes), code: 'malformed_json' },
  ]
}

/** Text that is no JSON; nothing at all belongs to it where a body must be there. */
const MALFORMED: readonly string[] = [
  '{"a":',
  `{'a': '${CANARY}'}`,
  '{"a": 1,}',
  '{} {}',
  '{"a": NaN}',
  '{"a": 01}',
  `{"a": "${CANARY}\u0000"}`,
  '\uFEFF{}',
  ' ',
  CANARY,
]

function jsonMistakes(route: AnyRoute): Mistake[] {
  const sample = samples[route.name] ?? {}
  const inside = JSON.stringify(sample).slice(1, -1)
  const [first = '', value] = Object.entries(sample)[0] ?? []
  const twice = `{"${first}": ${JSON.stringify(value)}, ${inside}}`
  const escaped = `{"\\u00${first.charCodeAt(0).toString(16)}${first.slice(1)}": "${CANARY}", ${inside}}`
  const malformed = route.bodyForm === 'optional_json' ? MALFORMED : [...MALFORMED, '']
  const raw = (what: string, text: string, code: ErrorCode): Mistake => ({
    what,
    options: typed(JSON_TYPE, text),
    code,
  })
  const unknown = (name: string): Mistake =>
    raw(`has an unknown member ${name}`, `{"${name}": "${CANARY}", ${inside}}`, 'invalid_request')
  return [
    ...malformed.map((text) => raw(`is no JSON: ${JSON.stringify(text)}`, text, 'malformed_json')),
    raw('repeats a member', twice, 'repeated_name'),
    raw('repeats a member in another spelling', escaped, 'repeated_name'),
    raw('has a member __proto__', `{"__proto__": {"admin": "${CANARY}"}, ${inside}}`, 'repeated_name'),
    raw('nests too deeply', `{"a": ${'['.repeat(20)}${']'.repeat(20)}, ${inside}}`, 'json_too_deep'),
    raw('nests without an end', '['.repeat(10_000), 'json_too_deep'),
    ...['constructor', 'toString', 'is_admin', CANARY].map(unknown),
    ...['[]', `["${CANARY}"]`, 'null', `"${CANARY}"`, '7', 'true'].map((text) =>
      raw(`is ${text}`, text, 'invalid_request'),
    ),
    ...wrongTypes(route, sample),
  ]
}

/** In no array that we take is there a word with spaces. */
const PHRASE = `${CANARY} and more`
const VALUES: readonly unknown[] = [
  null,
  true,
  7,
  7.5,
  CANARY,
  [],
  [PHRASE],
  [null],
  {},
  { [CANARY]: CANARY },
]

/** Each member in turn is of every type that its schema does not name, alone and within arrays. */
function wrongTypes(route: AnyRoute, sample: Readonly<Record<string, unknown>>): Mistake[] {
  if (route.body === undefined) return []
  const { properties = {} } = z.toJSONSchema(route.body, { io: 'input', unrepresentable: 'any' })
  return Object.entries(properties).flatMap(([name, schema]) => {
    const allowed = typesOf(schema)
    const wrong = VALUES.filter((value) => !isOfType(value, allowed))
    const elements = allowed.has('array') ? [[7], [{}], [[CANARY]]] : []
    return [...wrong, ...elements].map((value) => ({
      what: `has ${JSON.stringify(value)} as ${name}`,
      options: { body: { ...sample, [name]: value } },
      code: 'invalid_request' as const,
    }))
  })
}

function typesOf(schema: unknown): ReadonlySet<string> {
  if (typeof schema !== 'object' || schema === null) return new Set()
  const { type, anyOf, oneOf }: { type?: unknown; anyOf?: unknown; oneOf?: unknown } = schema
  const branches = [anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? list : []))
  return new Set([
    ...(typeof type === 'string' ? [type] : []),
    ...branches.flatMap((branch) => [...typesOf(branch)]),
  ])
}

/** An object or an array of the right type but with other things in it is wrong all the same. */
function isOfType(value: unknown, allowed: ReadonlySet<string>): boolean {
  if (value === null) return allowed.has('null')
  if (Array.isArray(value)) return allowed.has('array') && value.length === 0
  if (typeof value === 'number')
    return allowed.has('number') || (allowed.has('integer') && Number.isInteger(value))
  return typeof value !== 'object' && allowed.has(typeof value)
}

function formMistakes(route: AnyRoute): Mistake[] {
  const wrong = (what: string, options: SendOptions, code: ErrorCode): Mistake => ({ what, options, code })
  const form = formOf(samples[route.name] ?? {})
  const good = new URLSearchParams(form).toString()
  const twice = Object.keys(form).map((name) => `${good}&${name}=${CANARY}`)
  twice.push(`${good}&__proto__=${CANARY}`, `${good}&%5F_proto__=${CANARY}`, `${good}&a=1&a=2`)
  const empty = ['', '&&&', `${CANARY}=${CANARY}`, `\uFEFF${CANARY}=1`, '{}', `["${CANARY}"]`]
  return [
    ...twice.map((text) => wrong(`is ${text}`, typed(FORM_TYPE, text), 'repeated_name')),
    ...empty.map((text) => wrong(`lacks a parameter: ${text}`, typed(FORM_TYPE, text), 'invalid_request')),
    ...Object.keys(form).map((name) =>
      wrong(`has a long ${name}`, { form: { ...form, [name]: CANARY.repeat(900) } }, 'invalid_request'),
    ),
  ]
}
