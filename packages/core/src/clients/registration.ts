/**
 * What a client may be that nobody of this server has looked at: the fence around those that register themselves
 * (RFC 7591), and the tokens that let them in. All of it is narrower than what administrators may set.
 */
import {
  type ClientGrantType,
  type InitialAccessTokenId,
  narrow,
  permissions as own,
  type Permission,
  type PrincipalId,
  type RedirectKind,
  type RegistrationMode,
} from '@countersign/protocol'
import { type ClientSettings, kindOf } from './client.ts'
import { redirectUriMistake } from './redirect-uris.ts'

export interface RegistrationPolicy {
  readonly mode: RegistrationMode
  readonly fence: RegistrationFence
  /** Clients that registered themselves and were never used; more are refused. */
  readonly unusedMax: number
}

export interface RegistrationFence {
  readonly scopes: readonly string[]
  /** What their tokens are for: empty stands for the authority's own, as for other clients. */
  readonly audiences: readonly string[]
  readonly redirectKinds: readonly RedirectKind[]
}

/** What it may say of itself; the rest is not its to choose. */
export type RegistrationInput = Pick<
  ClientSettings,
  | 'name'
  | 'authMethod'
  | 'dpopBound'
  | 'grantTypes'
  | 'redirectUris'
  | 'postLogoutRedirectUris'
  | 'jwks'
  | 'jwksUri'
  | 'logoUri'
  | 'policyUri'
  | 'tosUri'
  | 'idTokenAlgorithm'
  | 'subjectType'
  | 'sectorIdentifierUri'
> & {
  /** Null for all that the fence has. */
  readonly scopes: readonly string[] | null
}

/** Somebody sits before it, and has been asked. Codes of devices are left out: people type in what strangers read to them. */
export const REGISTRATION_GRANT_TYPES: readonly ClientGrantType[] = ['authorization_code', 'refresh_token']

/** True for what would let a stranger's program administer this server, whoever it is that allows it. */
export const isForAdministrators = (permission: Permission): boolean =>
  narrow([permission], Object.values(own)).length > 0

export type RegistrationError =
  | 'invalid_redirect_uri'
  | 'invalid_client_metadata'
  | 'invalid_software_statement'
  | 'unapproved_software_statement'

export interface RegistrationMistake {
  readonly error: RegistrationError
  readonly description: string
}

/** What of these settings reaches over the fence; null where nothing does. */
export function fenceMistake(fence: RegistrationFence, settings: ClientSettings): RegistrationMistake | null {
  const metadata = (description: string): RegistrationMistake => ({
    error: 'invalid_client_metadata',
    description,
  })
  if (!settings.grantTypes.every((grantType) => REGISTRATION_GRANT_TYPES.includes(grantType))) {
    return metadata('A client that registers itself has the grants authorization_code and refresh_token.')
  }
  if (!settings.scopes.every((scope) => fence.scopes.includes(scope))) {
    return metadata('The scope holds what no client that registers itself may ask for.')
  }
  const uris = [...settings.redirectUris, ...settings.postLogoutRedirectUris]
  if (uris.every((uri) => fence.redirectKinds.includes(kindOfRedirectUri(uri)))) return null
  const description = 'A redirect URI is of a kind that no client may register by itself.'
  return { error: 'invalid_redirect_uri', description }
}

/**
 * What is left of it within the fence. For those who publish one document for all servers there are: what only others
 * take is passed over, and refused when it is asked for.
 */
export function cutToFence(fence: RegistrationFence, said: RegistrationInput): RegistrationInput {
  const isTaken = (uri: string): boolean =>
    redirectUriMistake(uri, kindOf(said.authMethod)) === null &&
    fence.redirectKinds.includes(kindOfRedirectUri(uri))
  return {
    ...said,
    grantTypes: said.grantTypes.filter((grantType) => REGISTRATION_GRANT_TYPES.includes(grantType)),
    scopes: said.scopes?.filter((scope) => fence.scopes.includes(scope)) ?? null,
    redirectUris: said.redirectUris.filter(isTaken),
    postLogoutRedirectUris: said.postLogoutRedirectUris.filter(isTaken),
  }
}

/** Of a URI that passes `redirectUriMistake`, or is refused by it. */
function kindOfRedirectUri(uri: string): RedirectKind {
  if (uri.startsWith('https:')) return 'https'
  return uri.startsWith('http:') ? 'loopback' : 'private_scheme'
}

/** Lets so many clients register themselves, until then. Its creator is told it once; what is kept is a digest. */
export interface InitialAccessToken {
  readonly id: InitialAccessTokenId
  readonly name: string
  readonly uses: number
  readonly usesMax: number
  readonly createdBy: PrincipalId
  readonly createdAtMs: number
  readonly expiresAtMs: number
  /** When a client last registered with it; null before the first. */
  readonly lastUsedAtMs: number | null
}

export const INITIAL_ACCESS_TOKEN_USES_MAX = 1000
export const INITIAL_ACCESS_TOKEN_SECONDS = 86_400
export const INITIAL_ACCESS_TOKEN_SECONDS_MIN = 60
export const INITIAL_ACCESS_TOKEN_SECONDS_MAX: number = 30 * 86_400
