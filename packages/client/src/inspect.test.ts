import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type IdPrefix, Secret, toId, toOpaqueCredential, toSecretText } from '@countersign/protocol'
import { inspectCredential } from './inspect.ts'
import type { Inspection } from './inspection.ts'

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5)
const NOW = NOW_MS / 1000
const SECRET = toSecretText(new Uint8Array(32).fill(7))
const STYLE = { prefix: 'cs', environment: 'live' } as const
const KEY_ID = idOf('key')
const KEY = toOpaqueCredential(STYLE, 'api_key', KEY_ID, SECRET).reveal()

const CLAIMS = {
  iss: 'https://authority.example',
  sub: idOf('acc'),
  aud: 'https://authority.example',
  exp: NOW + 600,
  iat: NOW - 300,
  jti: idOf('jwt'),
  client_id: 'first-party',
  scope: 'doors:open',
}

test('garbage is called garbage, with the reason where there is one', () => {
  for (const [text, warning] of [
    ['', /nothing here/],
    ['   ', /nothing here/],
    ['hello', /neither/],
    ['Bearer cs_keylive_x', /scheme/],
    ['a.b.c.d.e', /encrypted/],
    ['www.example.com', /neither/],
    ['x'.repeat(16_385), /longer than any/],
    ['cs_keyprod_x_y', /neither/],
  ] as const) {
    const inspection = inspectCredential(text, NOW_MS)
    assert.equal(inspection.kind, 'unknown')
    assert.equal(inspection.wellFormed, false)
    assert.match(inspection.warnings.join(), warning)
  }
})

test('an opaque credential whose form is broken says how', () => {
  const flipped = KEY.slice(0, -1) + (KEY.endsWith('A') ? 'B' : 'A')
  for (const [text, warning] of [
    [flipped, /checksum is wrong/],
    [KEY.slice(0, -5), /cut off: 5 characters/],
    [`${KEY}xy`, /2 characters too long/],
    [KEY.replace(/.$/, '-'), /characters that no secret has/],
    [KEY.replace(KEY_ID.slice(4), 'short'), /id is malformed/],
    ['cs_keylive_', /id is malformed.*cut off/],
  ] as const) {
    const inspection = inspectCredential(text, NOW_MS)
    assert.equal(inspection.kind, 'api_key')
    assert.equal(inspection.wellFormed, false)
    assert.match(inspection.warnings.join(), warning)
  }
})

test('each kind of opaque credential is explained part by part, without its secret', () => {
  const credentials = {
    session: toOpaqueCredential(STYLE, 'session', idOf('ses'), SECRET),
    refresh: toOpaqueCredential({ prefix: 'gym', environment: 'test' }, 'refresh', idOf('gra'), SECRET),
    api_key: new Secret(KEY),
  }
  for (const [kind, credential] of Object.entries(credentials)) {
    const inspection = inspectCredential(` ${credential.reveal()}\n`, NOW_MS)

    assert.equal(inspection.kind, kind)
    assert.equal(inspection.wellFormed, true)
    assert.deepEqual(inspection.warnings, [])
    assert.equal(valueIn(inspection, 'id'), inspection.id)
    assert.match(meaningIn(inspection, 'id'), /2026-01-02 03:04:05 UTC$/)
    assert.equal(valueIn(inspection, 'checksum'), 'right')
    assert.ok(!JSON.stringify(inspection).includes(SECRET.reveal().slice(0, 8)))
  }
})

test('a broken opaque credential does not show its secret either', () => {
  for (const text of [KEY.slice(0, -3), `${KEY}x`, KEY.replace(KEY_ID.slice(4), 'short')]) {
    assert.ok(!JSON.stringify(inspectCredential(text, NOW_MS)).includes(SECRET.reveal().slice(0, 8)))
  }
})

test('an access token in order is explained claim by claim, without warnings and without its signature', () => {
  const inspection = inspectCredential(jwt({ alg: 'ES256', typ: 'at+jwt', kid: 'sig_1' }, CLAIMS), NOW_MS)

  assert.equal(inspection.kind, 'access_token')
  assert.equal(inspection.id, CLAIMS.jti)
  assert.deepEqual(inspection.warnings, [])
  assert.equal(valueIn(inspection, 'exp'), '2026-01-02 03:14:05 UTC (in 10 minutes)')
  assert.equal(valueIn(inspection, 'iat'), '2026-01-02 02:59:05 UTC (5 minutes ago)')
  assert.match(meaningIn(inspection, 'aud'), /only APIs/)
  assert.equal(valueIn(inspection, 'signature'), '24 bytes, not shown')
  assert.ok(!JSON.stringify(inspection).includes(SIGNATURE))
})

test('what is odd about a JWT is said', () => {
  const header = { alg: 'ES256', typ: 'at+jwt' }
  const { exp: _exp, ...endless } = CLAIMS
  const { sub: _sub, jti: _jti, ...anonymous } = CLAIMS
  const odd: [string, object, object, RegExp][] = [
    ['not signed', { ...header, alg: 'none' }, CLAIMS, /not signed/],
    ['not signed, in capitals', { ...header, alg: 'NONE' }, CLAIMS, /not signed/],
    ['unknown algorithm', { ...header, alg: 'ES999' }, CLAIMS, /none that Countersign signs with/],
    ['algorithm that is no text', { ...header, alg: ['ES256'] }, CLAIMS, /none that Countersign signs with/],
    ['shared secret', { ...header, alg: 'HS256' }, CLAIMS, /can also make one/],
    ['key of its own', { ...header, jwk: {} }, CLAIMS, /own key \(jwk\)/],
    ['no access token', { alg: 'ES256', typ: 'JWT' }, CLAIMS, /not marked as an access token/],
    ['expired', header, { ...CLAIMS, exp: NOW }, /has expired/],
    ['endless', header, endless, /never expires/],
    ['not yet', header, { ...CLAIMS, nbf: NOW + 60 }, /not good yet/],
    ['from the future', header, { ...CLAIMS, iat: NOW + 60 }, /in the future/],
    ['long', header, { ...CLAIMS, exp: CLAIMS.iat + 31_536_000 }, /lives for 1 year;/],
    ['lacking', header, anonymous, /must also say sub, jti/],
    ['chatty', header, { ...CLAIMS, email: 'mia@example.com' }, /does not issue \(email\)/],
    ['fat', header, { ...CLAIMS, scope: 'x'.repeat(4096) }, /so long/],
  ]
  for (const [name, head, claims, warning] of odd) {
    assert.match(inspectCredential(jwt(head, claims), NOW_MS).warnings.join('\n'), warning, name)
  }
})

test('a JWT without a signature is not well formed', () => {
  const inspection = inspectCredential(
    `${jwt({ alg: 'ES256' }, CLAIMS).split('.').slice(0, 2).join('.')}.`,
    NOW_MS,
  )

  assert.equal(inspection.wellFormed, false)
  assert.match(inspection.warnings.join(), /signature is missing/)
})

test('a JWT one half of which cannot be read says which', () => {
  const [header, payload] = jwt({ alg: 'ES256' }, CLAIMS).split('.')

  assert.match(inspectCredential(`${header}.!!.x`, NOW_MS).warnings.join(), /payload is not JSON/)
  assert.match(inspectCredential(`AAAA.${payload}.x`, NOW_MS).warnings.join(), /header is not JSON/)
  assert.match(inspectCredential(`${encode([1])}.${payload}.x`, NOW_MS).warnings.join(), /header is not JSON/)
})

test('what a stranger put into a token cannot steer a terminal', () => {
  const claims = { ...CLAIMS, iss: 'a\u001b[2Jb\u009b1mc\u202ed\ne', 'x\u001b]0;y': 1, constructor: 2 }
  const shown = JSON.stringify(inspectCredential(jwt({ alg: 'ES256', 'k\u0007': 'v\u0000' }, claims), NOW_MS))

  assert.doesNotMatch(JSON.parse(`"${shown.replaceAll(/["\\]/g, '\\$&')}"`), /[\p{Cc}\p{Cf}]/u)
  assert.match(shown, /a\\\\u\{1b\}\[2Jb/)
})

test('times that are none are said to be none', () => {
  const inspection = inspectCredential(jwt({ alg: 'ES256' }, { ...CLAIMS, iat: 1e300, exp: 'soon' }), NOW_MS)

  assert.match(valueIn(inspection, 'iat'), /no such time/)
  assert.equal(valueIn(inspection, 'exp'), 'soon')
})

const SIGNATURE = 'c2lnbmF0dXJlLW9mLXRoZS10ZXN0cw'.padEnd(32, 'A')

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

const jwt = (header: object, claims: object): string => `${encode(header)}.${encode(claims)}.${SIGNATURE}`

function idOf<P extends IdPrefix>(prefix: P): `${P}_${string}` {
  return toId(prefix, NOW_MS, new Uint8Array(10).fill(5))
}

const partOf = (inspection: Inspection, name: string): { value: string; meaning: string } | undefined =>
  inspection.parts.find((part) => part.name === name)
const valueIn = (inspection: Inspection, name: string): string => partOf(inspection, name)?.value ?? ''
const meaningIn = (inspection: Inspection, name: string): string => partOf(inspection, name)?.meaning ?? ''
