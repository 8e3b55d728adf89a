import assert from 'node:assert/strict'
import test from 'node:test'
import { parseStrictJson } from '@countersign/protocol'
import fc from 'fast-check'
import { ACCESS_TOKEN_CHARACTERS_MAX, parseCompactJws, parsePayload } from './parse.ts'

const encode = (value: string | Uint8Array): string => Buffer.from(value).toString('base64url')
const header = { alg: 'ES256', typ: 'at+jwt', kid: 'sig_1' }
const toToken = (head: string | Uint8Array, payload = '{}'): string =>
  `${encode(head)}.${encode(payload)}.c2ln`
const parse = (text: string): ReturnType<typeof parseCompactJws> => parseCompactJws(text, new Map())
const withHeader = (changes: object): ReturnType<typeof parseCompactJws> =>
  parse(toToken(JSON.stringify({ ...header, ...changes })))

test('a plain access token is taken apart, and its payload stays bytes', () => {
  const token = toToken(JSON.stringify(header), '{"sub":1}')

  const parsed = parse(token)

  assert.ok(parsed.ok)
  assert.deepEqual(parsed.jws.header, { alg: 'ES256', kid: 'sig_1' })
  assert.equal(parsed.jws.signingInput, token.slice(0, token.lastIndexOf('.')))
  assert.equal(Buffer.from(parsed.jws.payload).toString(), '{"sub":1}')
  assert.equal(parsed.jws.signature, 'c2ln')
})

test('RFC 8725 §3.3, RFC 7516 §3.1: five parts, four, two, one and empty ones are malformed', () => {
  const head = encode(JSON.stringify(header))
  const tokens = [
    `${head}.a.b.c.d`,
    `${head}.e30.c2ln.`,
    `${head}.e30.c2ln.c2ln`,
    `${head}.e30.`,
    `${head}.e30`,
    `${head}..c2ln`,
    `.e30.c2ln`,
    head,
    '..',
    '.',
    '',
  ]
  for (const token of tokens) assert.deepEqual(parse(token), { ok: false, reason: 'malformed' }, token)
})

test('RFC 8725 §3.14: the JSON serialization is malformed', () => {
  const json = JSON.stringify({
    payload: 'e30',
    protected: encode(JSON.stringify(header)),
    signature: 'c2ln',
  })
  for (const text of [json, `${json}.e30.c2ln`, `{"a":"."}.{}.{}`]) assert.equal(parse(text).ok, false, text)
})

test('a token of more than 8 KiB is refused unread', () => {
  const long = toToken(JSON.stringify(header), `"${'a'.repeat(ACCESS_TOKEN_CHARACTERS_MAX)}"`)
  assert.deepEqual(parse(long), { ok: false, reason: 'malformed' })
})

test('RFC 7515 §2: header and payload that are not canonical base64url are malformed', () => {
  const [head = '', body = ''] = toToken(JSON.stringify(header), '{"a":1}').split('.')
  const bodies = [`${body}=`, ` ${body}`, `${body}\n`, `${body.slice(0, -1)}R`, '+/+/']
  for (const text of bodies) assert.equal(parse(`${head}.${text}.c2ln`).ok, false, text)
  for (const text of [`${head}=`, ` ${head}`, `${head}A`, `${head.slice(0, -1)}+`]) {
    assert.equal(parse(`${text}.${body}.c2ln`).ok, false, text)
  }
})

test('RFC 8725 §3.7: a header that is not UTF-8 is malformed', () => {
  const json = JSON.stringify(header)
  const utf16 = Buffer.from(json, 'utf16le')
  const headers = [utf16, Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), Buffer.from(`\ufeff${json}`)]
  headers.push(Buffer.from(json.replace('sig_1', 'sig_\u00e9'), 'latin1'))
  for (const bytes of headers) assert.deepEqual(parse(toToken(bytes)), { ok: false, reason: 'malformed' })
})

test('RFC 7515 §4: a header that names something twice, or is no object, is malformed', () => {
  const headers = [
    '{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"sig_1"}',
    '{"alg":"ES256","typ":"at+jwt","kid":"sig_1","\\u006bid":"sig_2"}',
    '{"alg":"ES256","typ":"at+jwt","kid":"sig_1","__proto__":{}}',
    '[]',
    'null',
    '"at+jwt"',
    '{',
    '',
    `${'['.repeat(2000)}${']'.repeat(2000)}`,
  ]
  for (const head of headers) assert.deepEqual(parse(toToken(head)), { ok: false, reason: 'malformed' }, head)
})

test('RFC 7515 §4.1.11, RFC 7797 §7: any `crit` and any `b64` is malformed', () => {
  for (const crit of [[], ['exp'], ['b64'], 'exp', null, {}]) {
    assert.deepEqual(withHeader({ crit }), { ok: false, reason: 'malformed' }, JSON.stringify(crit))
  }
  for (const b64 of [true, false, null]) {
    assert.deepEqual(withHeader({ b64 }), { ok: false, reason: 'malformed' }, String(b64))
  }
})

test('ASVS 9.1.3: a header that brings a key, a place to find one, or an encryption is malformed', () => {
  for (const member of ['jwk', 'jku', 'x5u', 'x5c', 'enc']) {
    assert.deepEqual(withHeader({ [member]: 'x' }), { ok: false, reason: 'malformed' }, member)
  }
})

test('`alg` and `kid` that are missing or no text are malformed', () => {
  for (const value of [undefined, null, 1, ['ES256'], {}]) {
    assert.deepEqual(withHeader({ alg: value }), { ok: false, reason: 'malformed' }, `alg ${value}`)
    assert.deepEqual(withHeader({ kid: value }), { ok: false, reason: 'malformed' }, `kid ${value}`)
  }
})

test('RFC 9068 §4: every other `typ` is of the wrong type', () => {
  const types = [
    undefined,
    null,
    'JWT',
    'jwt',
    '',
    'at+jwt ',
    'at+jwt;a=b',
    'logout+jwt',
    'application/jwt',
    1,
  ]
  for (const typ of [...types, 'application/application/at+jwt', '/at+jwt', ['at+jwt'], 'at\u2011jwt']) {
    assert.deepEqual(withHeader({ typ }), { ok: false, reason: 'wrong_type' }, String(typ))
  }
})

test('RFC 7515 §4.1.9: `typ` with its prefix and in any case is the same type', () => {
  for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/At+Jwt']) {
    assert.ok(withHeader({ typ }).ok, typ)
  }
})

test('a payload that names something twice is refused, however it is spelled', () => {
  const payloads = [
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"x":{"a":1,"a":2}}',
    '{"x":[{"a":1,"a":1}]}',
    '{"__proto__":{}}',
    '{"\\u005f_proto__":1}',
    '{ "a" : 1 , "a" : 2 }',
  ]
  for (const payload of payloads) assert.equal(parsePayload(Buffer.from(payload)), null, payload)
})

test('RFC 7519 §7.2: a payload that is no object in UTF-8 is refused', () => {
  for (const payload of ['', '[]', '1', '"a"', 'null', '{"a":1}x', '{a:1}', '\ufeff{"a":1}', '[{"a":1}]']) {
    assert.equal(parsePayload(Buffer.from(payload)), null, payload)
  }
  assert.equal(parsePayload(Buffer.from('{"a":1}', 'utf16le')), null)
  assert.equal(parsePayload(Buffer.from('{"a":"\u00e9"}', 'latin1')), null)
})

test('a good payload is read, with and without white space, escapes and other scripts', () => {
  for (const payload of ['{"a":1}', '{ "a":1 }\n', '{"a":1.0}', '{"\\u0061":1}']) {
    assert.deepEqual(parsePayload(Buffer.from(payload)), { a: 1 }, payload)
  }
  assert.deepEqual(parsePayload(Buffer.from('{"a":"\u00e9\ud83d\ude42"}')), { a: '\u00e9\ud83d\ude42' })
})

test('whatever was printed is read back, and no member of it can be doubled', () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1 })
  fc.assert(
    fc.property(object, fc.nat(), (value, pick) => {
      const text = JSON.stringify(value)
      const names = Object.keys(value)
      const name = names[pick % names.length] ?? ''
      const doubled = `${text.slice(0, -1)},${JSON.stringify(name)}:0}`

      const hasForbiddenName = text.includes('"__proto__":')
      assert.deepEqual(parsePayload(Buffer.from(text)), hasForbiddenName ? null : JSON.parse(text))
      assert.equal(parsePayload(Buffer.from(doubled)), null)
    }),
  )
})

test('the quick way takes nothing that the strict parser refuses, however names and white space stand', () => {
  const space = fc.constantFrom('', '', '', ' ', '\n', '\t')
  const text = fc.constantFrom(
    '"a"',
    '"b"',
    '":"',
    '":a"',
    '"a "',
    '" "',
    '"a\\""',
    '"\\u0061"',
    '"["',
    '"x:"',
  )
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.constantFrom('1', '-0.5e1', 'true', 'null', '[]', '{}'),
      fc.tuple(space, tie('value'), space).map(([before, one, after]) => `[${before}${one}${after}]`),
      fc
        .tuple(tie('value'), space, tie('value'))
        .map(([one, between, other]) => `[${one},${between}${other}]`),
      fc
        .array(fc.tuple(space, text, space, space, tie('value')), { maxLength: 4 })
        .map(
          (members) => `{${members.map(([a, name, b, c, one]) => `${a}${name}${b}:${c}${one}`).join(',')}}`,
        ),
    ),
  }))
  let taken = 0
  fc.assert(
    fc.property(value, (json) => {
      const strict = parseStrictJson(`${json}`)
      const isObject = strict.ok && `${json}`.startsWith('{')
      assert.deepEqual(parsePayload(Buffer.from(`${json}`)), isObject ? strict.value : null)
      if (isObject) taken += 1
    }),
    { numRuns: 5_000 },
  )
  assert.ok(taken > 200, `${taken}`)
})

test('arrays in arrays are bounded like everything else', () => {
  const deep = (count: number): Buffer => Buffer.from(`{"a":${'['.repeat(count)}${']'.repeat(count)}}`)
  assert.ok(parsePayload(deep(15)))
  assert.equal(parsePayload(deep(16)), null)
})
