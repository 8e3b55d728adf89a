/** Tokens that are forged, or written in another form than the one that is allowed. */
import {
  goodClaims,
  macText,
  makeToken,
  newSigningKey,
  type SigningKey,
  signText,
  toBase64url,
} from '../fake/credentials.ts'
import type { Stage } from '../stage.ts'

export type TokenVector = readonly [what: string, make: (stage: Stage, rsa: SigningKey) => string]

const intruder = newSigningKey('ES256')
const claimsOf = ({ authority: { log } }: Stage): Record<string, unknown> =>
  goodClaims(log.epoch, log.position)
const split = (token: string): [string, string, string] => {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return [header, payload, signature]
}

/** Rightly signed under a header with these members; `undefined` takes one away. */
const header =
  (members: Readonly<Record<string, unknown>>) =>
  (stage: Stage): string =>
    stage.token({}, { header: members })
/** Rightly signed over this header, or these claims, written in full. */
const headerText =
  (text: (kid: string) => string) =>
  (stage: Stage): string =>
    stage.token({}, { headerText: text(stage.key.kid) })
const payload =
  (text: (claims: string) => string | Uint8Array) =>
  (stage: Stage): string =>
    stage.token({}, { payload: text(JSON.stringify(claimsOf(stage))) })
/** A good token whose text is changed. */
const text =
  (change: (token: string) => string) =>
  (stage: Stage): string =>
    change(stage.token())
const signature = (change: (signature: string) => string) =>
  text((token) => {
    const [head, body, end] = split(token)
    return `${head}.${body}.${change(end)}`
  })
/** Authenticated with a public text as if it were a shared secret. */
const confused =
  (secret: (key: SigningKey) => string | Uint8Array, of: 'own' | 'rsa') =>
  (stage: Stage, rsa: SigningKey) => {
    const key = of === 'rsa' ? rsa : stage.key
    const head = toBase64url(JSON.stringify({ alg: 'HS256', typ: 'at+jwt', kid: key.kid }))
    const input = `${head}.${toBase64url(JSON.stringify(claimsOf(stage)))}`
    return `${input}.${macText(secret(key), input)}`
  }
const spki = ({ publicKey }: SigningKey): string =>
  publicKey.export({ type: 'spki', format: 'pem' }).toString()

export const refusedHeaders: readonly TokenVector[] = [
  ['the type JWT', header({ typ: 'JWT' })],
  ['no type', header({ typ: undefined })],
  ['a type that begins rightly', header({ typ: 'at+jwt2' })],
  ['a type of another tree', header({ typ: 'text/at+jwt' })],
  ['the type of a logout token', header({ typ: 'logout+jwt' })],
  ['a type in a list', header({ typ: ['at+jwt'] })],
  ['no key', header({ kid: undefined })],
  ['a key that is a number', header({ kid: 7 })],
  ['a key that nobody knows', header({ kid: 'sig_00000000000000000000000000' })],
  ['a key called __proto__', headerText(() => '{"alg":"ES256","typ":"at+jwt","kid":"__proto__"}')],
  ['a key called constructor', header({ kid: 'constructor' })],
  ['a key that is empty', header({ kid: '' })],
  ['a key outside of the folder', header({ kid: '../../../../dev/null' })],
  ['no algorithm', header({ alg: undefined })],
  ['an algorithm of another key', header({ alg: 'RS256' })],
  ['an algorithm in small letters', header({ alg: 'es256' })],
  ['a larger algorithm of the same family', header({ alg: 'ES384' })],
  ['an extension that must be understood', header({ crit: ['urn:example:1'], 'urn:example:1': true })],
  ['an empty list of extensions', header({ crit: [] })],
  ['a payload that is not encoded', header({ b64: false, crit: ['b64'] })],
  ['a payload that is said to be encoded', header({ b64: true })],
  ['an encryption', header({ enc: 'A128GCM' })],
  ['the address of a key set', header({ jku: 'https://keys.example/jwks.json' })],
  ['the address of a certificate', header({ x5u: 'https://keys.example/chain.pem' })],
  ['a certificate', header({ x5c: ['MIIB'] })],
  ['the algorithm twice', headerText((kid) => `{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"${kid}"}`)],
  [
    'the type twice, once in escapes',
    headerText((kid) => `{"alg":"ES256","typ":"JWT","ty\\u0070":"at+jwt","kid":"${kid}"}`),
  ],
  ['the key twice', headerText((kid) => `{"alg":"ES256","typ":"at+jwt","kid":"x","kid":"${kid}"}`)],
  ['a forbidden name', headerText((kid) => `{"alg":"ES256","typ":"at+jwt","kid":"${kid}","__proto__":{}}`)],
  ['a header in a list', headerText((kid) => `[{"alg":"ES256","typ":"at+jwt","kid":"${kid}"}]`)],
  ['a header with a comma too many', headerText((kid) => `{"alg":"ES256","typ":"at+jwt","kid":"${kid}",}`)],
  [
    'a header with something behind it',
    headerText((kid) => `{"alg":"ES256","typ":"at+jwt","kid":"${kid}"} {}`),
  ],
  ['a header with a comment', headerText((kid) => `{"alg":"ES256","typ":"at+jwt","kid":"${kid}"/**/}`)],
  [
    'a header with a byte order mark',
    headerText((kid) => `\uFEFF{"alg":"ES256","typ":"at+jwt","kid":"${kid}"}`),
  ],
]

const withIntrudersKey: readonly TokenVector[] = [
  [
    'its own key in the header',
    (stage) =>
      makeToken({
        key: intruder,
        claims: claimsOf(stage),
        header: { kid: stage.key.kid, jwk: intruder.jwk },
      }),
  ],
  [
    'its own key in the header and no other named',
    (stage) => makeToken({ key: intruder, claims: claimsOf(stage), header: { jwk: intruder.jwk } }),
  ],
  [
    'the signature of another key',
    (stage) => makeToken({ key: intruder, claims: claimsOf(stage), header: { kid: stage.key.kid } }),
  ],
  [
    'the signature of another algorithm’s key',
    (stage, rsa) => makeToken({ key: rsa, claims: claimsOf(stage), header: { kid: stage.key.kid } }),
  ],
  [
    'our key’s algorithm at another key',
    (stage, rsa) => makeToken({ key: stage.key, claims: claimsOf(stage), header: { kid: rsa.kid } }),
  ],
]

const unsigned =
  (alg: string, end: (token: string) => string): TokenVector[1] =>
  (stage) => {
    const head = toBase64url(JSON.stringify({ alg, typ: 'at+jwt', kid: stage.key.kid }))
    const [, body, kept] = split(stage.token())
    return `${head}.${body}.${end(kept)}`
  }

export const refusedSignatures: readonly TokenVector[] = [
  ...withIntrudersKey,
  ['the algorithm none and no signature', unsigned('none', () => '')],
  ['the algorithm none and a signature', unsigned('none', (kept) => kept)],
  ['the algorithm None', unsigned('None', () => '')],
  ['no signature', signature(() => '')],
  ['a signature of zeros', signature(() => toBase64url(new Uint8Array(64)))],
  ['a signature of one byte', signature(() => 'AA')],
  ['a signature that is cut short', signature((end) => end.slice(0, -4))],
  ['a signature with more behind it', signature((end) => `${end}AAAA`)],
  ['an altered signature', signature((end) => `${end.startsWith('A') ? 'B' : 'A'}${end.slice(1)}`)],
  ['the HMAC of the public key as PEM', confused(spki, 'own')],
  [
    'the HMAC of the public key as DER',
    confused(({ publicKey }) => publicKey.export({ type: 'spki', format: 'der' }), 'own'),
  ],
  ['the HMAC of the public key as JWK', confused(({ jwk }) => JSON.stringify(jwk), 'own')],
  ['the HMAC of the RSA key as PEM', confused(spki, 'rsa')],
  [
    'the HMAC of the RSA key as PKCS 1',
    confused(({ publicKey }) => publicKey.export({ type: 'pkcs1', format: 'pem' }), 'rsa'),
  ],
  ['the HMAC of the RSA modulus', confused(({ jwk }) => Buffer.from(String(jwk.n), 'base64url'), 'rsa')],
  ['the HMAC of nothing', confused(() => '', 'own')],
  [
    'other claims under the signature',
    (stage) => {
      const [head, , end] = split(stage.token())
      return `${head}.${toBase64url(JSON.stringify({ ...claimsOf(stage), scope: '*' }))}.${end}`
    },
  ],
]

export const refusedForms: readonly TokenVector[] = [
  ['padding behind the signature', text((token) => `${token}==`)],
  ['padding behind the payload', paddedPayload],
  ['bits behind the last byte of the signature', signature((end) => end.slice(0, -1) + nextDigit(end))],
  ['bits behind the last byte of the header', looseHeader],
  ['characters of plain base64', plainBase64],
  ['a space in it', text((token) => token.replace('.', '. '))],
  ['a percent sign in it', text((token) => token.replace('.', '%2E'))],
  ['two parts', text((token) => token.slice(0, token.lastIndexOf('.')))],
  ['a fourth part', text((token) => `${token}.`)],
  ['five parts, as an encrypted one has', text((token) => `${token}.AAAA.AAAA`)],
  ['no header', text((token) => token.slice(token.indexOf('.')))],
  ['no payload', text((token) => [split(token)[0], '', split(token)[2]].join('.'))],
  ['an empty object as claims', payload(() => '{}')],
  ['the claims in a list', payload((claims) => `[${claims}]`)],
  ['claims that are text', payload((claims) => JSON.stringify(claims))],
  ['claims that are nothing', payload(() => 'null')],
  ['the subject twice', payload((claims) => claims.replace('{', '{"sub":"acc_00000000000000000000000000",'))],
  ['the scope twice, once in escapes', payload((claims) => claims.replace(/}$/, ',"scop\\u0065":"*"}'))],
  ['a repeated name further in', payload((claims) => claims.replace(/}$/, ',"other":{"a":1,"a":2}}'))],
  ['a forbidden name', payload((claims) => claims.replace(/}$/, ',"__proto__":{"scope":"*"}}'))],
  ['a byte order mark', payload((claims) => `\uFEFF${claims}`)],
  [
    'bytes that are not UTF-8',
    payload((claims) =>
      Buffer.concat([
        Buffer.from(claims.slice(0, -1)),
        Buffer.from(',"a":"'),
        Buffer.of(0xc3, 0x28),
        Buffer.from('"}'),
      ]),
    ),
  ],
  ['UTF-16', payload((claims) => Buffer.from(claims, 'utf16le'))],
  ['something behind the claims', payload((claims) => `${claims}{}`)],
  ['a number that JSON has not', payload((claims) => claims.replace(/"exp":\d+/, '"exp":Infinity'))],
  ['another number that JSON has not', payload((claims) => claims.replace(/"exp":\d+/, '"exp":NaN'))],
  ['a comma too many', payload((claims) => claims.replace(/}$/, ',}'))],
  [
    'more characters than are looked at',
    payload((claims) => claims.replace(/}$/, `,"long":"${'a'.repeat(8192)}"}`)),
  ],
  ['the JSON serialization', jsonSerialization],
]

/** Another last digit that stands for the same bytes, and some bits that no byte holds. */
function nextDigit(spelled: string): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return digits.charAt(digits.indexOf(spelled.slice(-1)) + 1)
}

/** The signature is good for exactly this text, which decodes to the same header. */
function looseHeader(stage: Stage): string {
  let headerJson = JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: stage.key.kid })
  while (toBase64url(headerJson).length % 4 === 0) headerJson += ' '
  const spelled = toBase64url(headerJson)
  const input = `${spelled.slice(0, -1)}${nextDigit(spelled)}.${toBase64url(JSON.stringify(claimsOf(stage)))}`
  return `${input}.${signText(stage.key, input)}`
}

/** The signature is good for exactly this text, padding included. */
function paddedPayload(stage: Stage): string {
  let claims = JSON.stringify(claimsOf(stage))
  while (Buffer.from(claims).length % 3 === 0) claims += ' '
  const input = `${split(stage.token())[0]}.${Buffer.from(claims).toString('base64').replaceAll('+', '-').replaceAll('/', '_')}`
  return `${input}.${signText(stage.key, input)}`
}

function plainBase64(stage: Stage): string {
  const claims = JSON.stringify({ ...claimsOf(stage), note: '~~~~????>>>>' })
  const input = `${split(stage.token())[0]}.${Buffer.from(claims).toString('base64').replace(/=+$/, '')}`
  return `${input}.${signText(stage.key, input)}`
}

function jsonSerialization(stage: Stage): string {
  const [head, body, end] = split(stage.token())
  return JSON.stringify({ protected: head, payload: body, signature: end })
}
