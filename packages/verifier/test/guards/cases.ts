/** The table of requests that every guard is held to, and the callers in it. */
import { createFakeVerifier, type FakeVerifier } from './fake-verifier.ts'

export const NOW_MS: number = Date.UTC(2026, 0, 1)
export const SESSION = 'cs_seslive_ada'
const TOKEN = 'header.payload.signature'
const KEY = 'cs_keylive_turnstile'
const COOKIE = '__Host-countersign_session'
const METADATA = 'resource_metadata="https://gym.example.com/.well-known/oauth-protected-resource"'

export interface Case {
  readonly name: string
  readonly method?: string
  readonly path?: string
  readonly lines: readonly string[]
  readonly status: number
  readonly code?: string
  /** The whole of `WWW-Authenticate`; null where there must be none. */
  readonly challenge?: string | null
}

export const bearer = (credential: string): string => `Authorization: Bearer ${credential}`
export const cookie = (credential: string): string => `Cookie: ${COOKIE}=${credential}`
const invalid = { status: 401, code: 'invalid_credential' }
const multiple = { status: 400, code: 'multiple_credentials' }
const csrf = { method: 'POST', status: 403, code: 'csrf_refused', challenge: null }

const missing: readonly Case[] = [
  {
    name: 'without a credential',
    lines: [],
    status: 401,
    code: 'credential_required',
    challenge: `Bearer realm="countersign", ${METADATA}`,
  },
  {
    name: 'without a credential, where a permission is needed',
    path: '/both',
    lines: [],
    status: 401,
    code: 'credential_required',
    challenge: `Bearer realm="countersign", scope="gym:enter pool:enter", ${METADATA}`,
  },
  {
    name: 'with an unknown one',
    lines: [bearer('cs_seslive_nobody')],
    ...invalid,
    challenge: `Bearer realm="countersign", error="invalid_token", ${METADATA}`,
  },
  {
    name: 'with a credential in the URL alone',
    path: `/any?access_token=${SESSION}`,
    lines: [],
    status: 401,
    code: 'credential_required',
  },
]

const smuggled: readonly Case[] = [
  { name: 'with Authorization twice', lines: [bearer(SESSION), bearer(SESSION)], ...invalid },
  {
    name: 'with Authorization twice, the second spelled otherwise',
    lines: [bearer(SESSION), `AUTHORIZATION: Bearer ${TOKEN}`],
    ...invalid,
  },
  { name: 'with X-API-Key twice', lines: [`X-API-Key: ${KEY}`, `X-Api-Key: ${KEY}`], ...invalid },
  {
    name: 'with two credentials joined by a comma',
    lines: [`Authorization: Bearer ${SESSION}, Bearer ${TOKEN}`],
    ...invalid,
  },
  { name: 'with two keys joined by a comma', lines: [`X-API-Key: ${KEY},${KEY}`], ...invalid },
  {
    name: 'with two credential headers',
    lines: [bearer(SESSION), `X-API-Key: ${KEY}`],
    ...multiple,
    challenge: `Bearer realm="countersign", error="invalid_request", ${METADATA}`,
  },
  {
    name: 'with two credential headers, one of them empty',
    lines: ['Authorization:', `X-API-Key: ${KEY}`],
    ...multiple,
  },
  {
    name: 'with a bad header beside a good cookie',
    lines: [bearer('cs_seslive_nobody'), cookie(SESSION)],
    ...invalid,
  },
  {
    name: 'with an empty header beside a good cookie',
    lines: ['Authorization:', cookie(SESSION)],
    ...invalid,
  },
  { name: 'with cookie text in Authorization', lines: [`Authorization: ${COOKIE}=${SESSION}`], ...invalid },
  {
    name: 'with a cookie by the Cookie scheme',
    lines: [`Authorization: Cookie ${COOKIE}=${SESSION}`],
    ...invalid,
  },
  { name: 'with an API key as a bearer token', lines: [bearer(KEY)], ...invalid },
  { name: 'with a session token as an API key', lines: [`X-API-Key: ${SESSION}`], ...invalid },
  { name: 'with an access token in the cookie', lines: [cookie(TOKEN)], ...invalid },
  { name: 'with an API key in the cookie', lines: [cookie(KEY)], ...invalid },
  {
    name: 'with the session cookie twice',
    lines: [`Cookie: ${COOKIE}=${SESSION}; ${COOKIE}=${SESSION}`],
    ...invalid,
  },
  { name: 'with the session cookie in two headers', lines: [cookie(SESSION), cookie(SESSION)], ...invalid },
  {
    name: 'with a cookie of another name',
    lines: [`Cookie: session=${SESSION}`],
    status: 401,
    code: 'credential_required',
  },
  {
    name: 'with the cookie behind a wide space',
    lines: [`Cookie: \u00a0${COOKIE}=${SESSION}`],
    status: 401,
    code: 'credential_required',
  },
  { name: 'with the scheme alone', lines: ['Authorization: Bearer'], ...invalid },
  { name: 'with something behind the credential', lines: [`${bearer(SESSION)} x`], ...invalid },
  { name: 'with Basic', lines: ['Authorization: Basic YWRhOmFkYQ=='], ...invalid },
]

const forbidden: readonly Case[] = [
  {
    name: 'without the permission',
    path: '/both',
    lines: [bearer(SESSION)],
    status: 403,
    code: 'permission_denied',
    challenge: `Bearer realm="countersign", error="insufficient_scope", scope="gym:enter pool:enter", ${METADATA}`,
  },
  {
    name: 'from an address that is not in the list',
    lines: [bearer('cs_seslive_elsewhere')],
    status: 403,
    code: 'credential_address_refused',
    challenge: null,
  },
  {
    name: 'for a resource that the key is not bound to',
    path: '/bound/pool',
    lines: ['X-API-Key: cs_keylive_bound'],
    status: 403,
    code: 'permission_denied',
  },
  {
    name: 'by a bound key, where the route names no resource',
    lines: ['X-API-Key: cs_keylive_bound'],
    status: 403,
    code: 'permission_denied',
  },
]

const stepUp = { path: '/recent', status: 401, code: 'insufficient_user_authentication' }
const strong = { ...stepUp, path: '/strong' }
const weak: readonly Case[] = [
  {
    name: 'signed in too long ago',
    lines: [bearer('cs_seslive_long_ago')],
    ...stepUp,
    challenge: `Bearer realm="countersign", error="insufficient_user_authentication", max_age="300", scope="gym:enter", ${METADATA}`,
  },
  { name: 'by an API key, which never signs in', lines: [`X-API-Key: ${KEY}`], ...stepUp },
  {
    name: 'by a sign-in that is recent and too weak',
    lines: [bearer('cs_seslive_just_now')],
    ...strong,
    challenge: `Bearer realm="countersign", error="insufficient_user_authentication", acr_values="urn:example:mfa urn:example:hardware", max_age="60", ${METADATA}`,
  },
  {
    name: 'by a sign-in that is strong and too old',
    lines: [bearer('cs_seslive_strong_long_ago')],
    ...strong,
  },
  {
    name: 'without the permission, however old',
    path: '/recent',
    lines: [bearer('cs_seslive_visitor')],
    status: 403,
    code: 'permission_denied',
  },
]

const crossSite: readonly Case[] = [
  { name: 'by cookie, from nowhere', lines: [cookie(SESSION)], ...csrf },
  {
    name: 'by cookie, with a CSRF token that nobody can check',
    lines: [cookie(SESSION), 'X-CSRF-Token: good'],
    ...csrf,
  },
  { name: 'by cookie, from another site', lines: [cookie(SESSION), 'Sec-Fetch-Site: cross-site'], ...csrf },
  { name: 'by cookie, from a sibling', lines: [cookie(SESSION), 'Sec-Fetch-Site: same-site'], ...csrf },
  { name: 'by cookie, from a navigation', lines: [cookie(SESSION), 'Sec-Fetch-Site: none'], ...csrf },
  {
    name: 'by cookie, from a site nobody has heard of',
    lines: [cookie(SESSION), 'Sec-Fetch-Site: same-origin-ish'],
    ...csrf,
  },
  {
    name: 'by cookie, from a foreign origin',
    lines: [cookie(SESSION), 'Origin: https://evil.example'],
    ...csrf,
  },
  { name: 'by cookie, from an opaque origin', lines: [cookie(SESSION), 'Origin: null'], ...csrf },
  {
    name: 'by cookie, from our origin by plain HTTP',
    lines: [cookie(SESSION), 'Origin: http://gym.example.com'],
    ...csrf,
  },
  {
    name: 'by cookie, from our origin on another port',
    lines: [cookie(SESSION), 'Origin: https://gym.example.com:8443'],
    ...csrf,
  },
  {
    name: 'by cookie, where the two contradict each other',
    lines: [cookie(SESSION), 'Origin: https://gym.example.com', 'Sec-Fetch-Site: cross-site'],
    ...csrf,
  },
  {
    name: 'by cookie, where they contradict each other the other way',
    lines: [cookie(SESSION), 'Origin: https://evil.example', 'Sec-Fetch-Site: same-origin'],
    ...csrf,
  },
  {
    name: 'by cookie, with two origins',
    lines: [cookie(SESSION), 'Origin: https://gym.example.com', 'Origin: https://gym.example.com'],
    ...csrf,
  },
  {
    name: 'by cookie, from an allowed origin that the browser has never heard of',
    lines: [cookie(SESSION), 'Origin: https://app.example.com', 'Sec-Fetch-Site: none'],
    ...csrf,
  },
  {
    name: 'by cookie, opening a WebSocket from another site',
    lines: [cookie(SESSION), 'Upgrade: websocket', 'Origin: https://evil.example'],
    ...csrf,
    method: 'GET',
  },
]

export const good: readonly Case[] = [
  { name: 'a session token', lines: [bearer(SESSION)], status: 200 },
  { name: 'a session token, header in lower case', lines: [`authorization: Bearer ${SESSION}`], status: 200 },
  { name: 'a session token, scheme in capitals', lines: [`AUTHORIZATION: BEARER ${SESSION}`], status: 200 },
  {
    name: 'a session token, more spaces than needed',
    lines: [`Authorization: bearer   ${SESSION}`],
    status: 200,
  },
  { name: 'an access token', lines: [bearer(TOKEN)], status: 200 },
  { name: 'an API key', lines: [`X-API-Key: ${KEY}`], status: 200 },
  { name: 'an API key by its scheme', lines: [`Authorization: ApiKey ${KEY}`], status: 200 },
  { name: 'a session cookie', lines: [cookie(SESSION)], status: 200 },
  { name: 'a session cookie among others', lines: [`Cookie: a=b; ${COOKIE}=${SESSION}; c=d`], status: 200 },
  { name: 'a cookie, HEAD', method: 'HEAD', lines: [cookie(SESSION)], status: 200, path: '/any' },
  {
    name: 'a good header beside a bad cookie',
    lines: [bearer(SESSION), cookie('cs_seslive_nobody')],
    status: 200,
  },
  {
    name: 'a header, from another site: no cookie, no CSRF',
    method: 'POST',
    lines: [bearer(SESSION), 'Sec-Fetch-Site: cross-site', 'Origin: https://evil.example'],
    status: 200,
  },
  {
    name: 'a cookie, POST from our origin',
    method: 'POST',
    lines: [cookie(SESSION), 'Origin: https://gym.example.com', 'Sec-Fetch-Site: same-origin'],
    status: 200,
  },
  {
    name: 'a cookie, POST from our origin by an older browser',
    method: 'POST',
    lines: [cookie(SESSION), 'Origin: https://gym.example.com'],
    status: 200,
  },
  {
    name: 'a cookie, POST with Fetch Metadata alone',
    method: 'POST',
    lines: [cookie(SESSION), 'Sec-Fetch-Site: same-origin'],
    status: 200,
  },
  {
    name: 'a cookie, POST from an allowed sibling',
    method: 'POST',
    lines: [cookie(SESSION), 'Origin: https://app.example.com', 'Sec-Fetch-Site: same-site'],
    status: 200,
  },
  { name: 'a permission by its name', path: '/door', lines: [bearer(SESSION)], status: 200 },
  { name: 'permissions by a wildcard', path: '/both', lines: [bearer('cs_seslive_owner')], status: 200 },
  { name: 'a recent sign-in', path: '/recent', lines: [bearer('cs_seslive_just_now')], status: 200 },
  { name: 'a strong and recent sign-in', path: '/strong', lines: [bearer('cs_seslive_strong')], status: 200 },
  { name: 'an address in the list', lines: [bearer('cs_seslive_here')], status: 200 },
  {
    name: 'a bound key for its resource',
    path: '/bound/gym',
    lines: ['X-API-Key: cs_keylive_bound'],
    status: 200,
  },
  { name: 'an unbound key for any resource', path: '/bound/pool', lines: [`X-API-Key: ${KEY}`], status: 200 },
  { name: 'a session, asked online', path: '/online', lines: [bearer(SESSION)], status: 200 },
]

export const refused: readonly Case[] = [...missing, ...smuggled, ...forbidden, ...weak, ...crossSite]

/** Knows everybody in the table. */
export function createVerifier(): FakeVerifier {
  const verifier = createFakeVerifier()
  const permissions = ['gym:enter']
  const minutesAgo = (minutes: number): number => NOW_MS - minutes * 60_000
  verifier.let(SESSION, { permissions })
  verifier.let(TOKEN, { permissions })
  verifier.let(KEY, { permissions })
  verifier.let('cs_seslive_visitor')
  verifier.let('cs_seslive_owner', { permissions: ['gym:*', 'pool:*'] })
  verifier.let('cs_seslive_elsewhere', { allowAddresses: ['203.0.113.0/24'] })
  verifier.let('cs_seslive_here', { allowAddresses: ['127.0.0.0/8'] })
  verifier.let('cs_keylive_bound', { resources: ['gym'] })
  verifier.let('cs_seslive_long_ago', { permissions, authTimeMs: minutesAgo(6) })
  verifier.let('cs_seslive_just_now', { permissions, authTimeMs: minutesAgo(0.5) })
  verifier.let('cs_seslive_strong', { acr: 'urn:example:mfa', authTimeMs: minutesAgo(0.5) })
  verifier.let('cs_seslive_strong_long_ago', { acr: 'urn:example:mfa', authTimeMs: minutesAgo(6) })
  return verifier
}
