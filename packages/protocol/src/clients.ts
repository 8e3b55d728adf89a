/** OAuth clients: the words that their registration is written in (RFC 7591 §2), and the shape of their secret. */
import { CHECKSUM_CHARACTERS, type CredentialStyle, SECRET_CHARACTERS, toChecksum } from './credentials.ts'
import { isPermission } from './permissions.ts'
import { Secret } from './secret.ts'

/**
 * `oauth2.1` asks for PKCE always. `oidc-basic` lets confidential clients do without. `fapi2-security` is the FAPI 2.0
 * Security Profile: pushed requests, keys in place of secrets, and access tokens that are bound to a key.
 */
export const clientProfiles = ['oauth2.1', 'oidc-basic', 'fapi2-security'] as const
export type ClientProfile = (typeof clientProfiles)[number]

/** How a client proves who it is; one of them, fixed when it is registered. `none` makes it a public client. */
export const clientAuthMethods = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
] as const
export type ClientAuthMethod = (typeof clientAuthMethods)[number]

export const clientGrantTypes = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
] as const
export type ClientGrantType = (typeof clientGrantTypes)[number]

/** What a client may sign its assertions with. Each is bound to one kind of key, so none stands in for another. */
export const assertionAlgorithms = ['ES256', 'EdDSA', 'RS256', 'PS256'] as const
export type AssertionAlgorithm = (typeof assertionAlgorithms)[number]

/** With `client_secret_jwt` the key is the secret itself, and this is the one algorithm (OIDC Core §9). */
export const SECRET_ASSERTION_ALGORITHM = 'HS256'

/** FAPI 2.0 §5.4.1: neither RSA with PKCS #1 v1.5 nor anything weaker. */
export const fapiAlgorithms = ['PS256', 'ES256', 'EdDSA'] as const
export const isFapiAlgorithm = (text: string | undefined): boolean =>
  fapiAlgorithms.some((algorithm) => algorithm === text)

/** Scopes that are no permissions: they tell a client who somebody is (OIDC Core §5.4, §11). */
export const identityScopes = ['openid', 'profile', 'email', 'offline_access'] as const
export type IdentityScope = (typeof identityScopes)[number]

export const isIdentityScope = (text: string): text is IdentityScope =>
  identityScopes.some((scope) => scope === text)

export const isScopeWord = (text: string): boolean => isIdentityScope(text) || isPermission(text)

/** Whether a client is told everybody's own id, or names of its sector's own (OIDC Core §8). */
export const subjectTypes = ['public', 'pairwise'] as const
export type SubjectType = (typeof subjectTypes)[number]

/** How a client came to be: registered by an administrator, by itself (RFC 7591), or by a document that it publishes. */
export const clientRegistrations = ['administrator', 'self', 'document'] as const
export type ClientRegistration = (typeof clientRegistrations)[number]

/** What kinds of redirect URI a fence tells apart (RFC 8252 §7). */
export const redirectKinds = ['https', 'loopback', 'private_scheme'] as const
export type RedirectKind = (typeof redirectKinds)[number]

/**
 * Spells the secret of a client: `<prefix>_sec<environment>_<secret><checksum>`. There is no id in it, since a
 * client always says who it is beside it.
 */
export const toClientSecret = (style: CredentialStyle, secret: Secret): Secret => spell(style, 'sec', secret)

/** Spells an initial access token (RFC 7591 §1.2) in the same way: what it is good for, its digest finds. */
export const toInitialAccessToken = (style: CredentialStyle, secret: Secret): Secret =>
  spell(style, 'iat', secret)

/** The random part of a client's secret in this authority's style; null for anything else. */
export const parseClientSecret = (text: string, style: CredentialStyle): Secret | null =>
  parse(text, style, 'sec')

/** The random part of an initial access token in this authority's style; null for anything else. */
export const parseInitialAccessToken = (text: string, style: CredentialStyle): Secret | null =>
  parse(text, style, 'iat')

type Kind = 'sec' | 'iat'

function spell(style: CredentialStyle, kind: Kind, secret: Secret): Secret {
  const body = `${style.prefix}_${kind}${style.environment}_${secret.reveal()}`
  return new Secret(body + toChecksum(body))
}

const SHAPE = new RegExp(
  `^([a-z][a-z0-9]{1,11})_(sec|iat)(live|test)_([0-9A-Za-z]{${SECRET_CHARACTERS}})([0-9A-Za-z]{${CHECKSUM_CHARACTERS}})$`,
)

function parse(text: string, style: CredentialStyle, wanted: Kind): Secret | null {
  const [, prefix, kind, environment, secret, checksum] = SHAPE.exec(text) ?? []
  if (secret === undefined || prefix !== style.prefix || kind !== wanted) return null
  if (environment !== style.environment) return null
  return toChecksum(text.slice(0, -CHECKSUM_CHARACTERS)) === checksum ? new Secret(secret) : null
}
