/** A program that is given tokens by an authorization server (RFC 6749 §2), as it was registered. */
import type {
  AssuranceLevel,
  ClientAuthMethod,
  ClientGrantType,
  ClientId,
  ClientProfile,
  ClientRegistration,
  IdTokenAlgorithm,
  Permission,
  ServiceAccountId,
  SubjectType,
} from '@countersign/protocol'
import { isPermission } from '@countersign/protocol'

export interface Client {
  readonly id: ClientId
  readonly name: string
  /** Whether it can keep a secret; follows from how it authenticates. */
  readonly kind: ClientKind
  readonly profile: ClientProfile
  readonly authMethod: ClientAuthMethod
  /** Whether its access tokens are always bound to a key (RFC 9449 §5.2). */
  readonly dpopBound: boolean
  readonly grantTypes: readonly ClientGrantType[]
  readonly redirectUris: readonly string[]
  /** Where people may be sent after they have signed out here. */
  readonly postLogoutRedirectUris: readonly string[]
  /** Where it is told that a session has ended under which somebody had signed in to it. */
  readonly backchannelLogoutUri: string | null
  /** All that it may ask for: permissions and identity scopes. */
  readonly scopes: readonly string[]
  /** All that its tokens may be for; empty stands for the authority's own. */
  readonly audiences: readonly string[]
  /** Whom it speaks for with `client_credentials`. */
  readonly serviceAccountId: ServiceAccountId | null
  /** The public keys that its assertions are checked with. */
  readonly jwks: readonly ClientJwk[] | null
  /** Where it publishes them itself, in place of `jwks`. */
  readonly jwksUri: string | null
  readonly logoUri: string | null
  readonly policyUri: string | null
  readonly tosUri: string | null
  /** What a sign-in for it has to reach; null leaves that to the account. */
  readonly assurance: AssuranceLevel | null
  /** What its ID tokens are signed with; null for what the server signs everything with. */
  readonly idTokenAlgorithm: IdTokenAlgorithm | null
  readonly subjectType: SubjectType
  /** Where it is written which redirect URIs belong to its sector (OIDC Core §8.1). */
  readonly sectorIdentifierUri: string | null
  readonly registration: ClientRegistration
  /** When somebody first allowed it something; kept of clients that nobody looked at, which are swept without it. */
  readonly usedAtMs: number | null
  readonly createdAtMs: number
  readonly disabledAtMs: number | null
  readonly endedAtMs: number | null
  readonly revokedBefore: number
}

export type ClientKind = 'public' | 'confidential'
export type ClientJwk = Readonly<Record<string, string>>

export interface ClientSecret {
  readonly digest: string
  /** The secret itself, sealed, where the client signs with it; null for every other method. */
  readonly sealed: string | null
  readonly expiresAtMs: number | null
}

/** What people set of a client. */
export type ClientSettings = Pick<
  Client,
  | 'name'
  | 'profile'
  | 'authMethod'
  | 'dpopBound'
  | 'grantTypes'
  | 'redirectUris'
  | 'postLogoutRedirectUris'
  | 'backchannelLogoutUri'
  | 'scopes'
  | 'audiences'
  | 'serviceAccountId'
  | 'jwks'
  | 'jwksUri'
  | 'logoUri'
  | 'policyUri'
  | 'tosUri'
  | 'assurance'
  | 'idTokenAlgorithm'
  | 'subjectType'
  | 'sectorIdentifierUri'
>

/** What people set of a client, and nothing else, always in the same order. */
export function settingsOf(client: ClientSettings): ClientSettings {
  return {
    name: client.name,
    profile: client.profile,
    authMethod: client.authMethod,
    dpopBound: client.dpopBound,
    grantTypes: client.grantTypes,
    redirectUris: client.redirectUris,
    postLogoutRedirectUris: client.postLogoutRedirectUris,
    backchannelLogoutUri: client.backchannelLogoutUri,
    scopes: client.scopes,
    audiences: client.audiences,
    serviceAccountId: client.serviceAccountId,
    jwks: client.jwks,
    jwksUri: client.jwksUri,
    logoUri: client.logoUri,
    policyUri: client.policyUri,
    tosUri: client.tosUri,
    assurance: client.assurance,
    idTokenAlgorithm: client.idTokenAlgorithm,
    subjectType: client.subjectType,
    sectorIdentifierUri: client.sectorIdentifierUri,
  }
}

export const kindOf = (authMethod: ClientAuthMethod): ClientKind =>
  authMethod === 'none' ? 'public' : 'confidential'

export const hasSecret = (authMethod: ClientAuthMethod): boolean =>
  authMethod === 'client_secret_basic' || authMethod === 'client_secret_post' || signsWithSecret(authMethod)

/** Its secret has to be readable again, and so is kept sealed beside the digest. */
export const signsWithSecret = (authMethod: ClientAuthMethod): boolean => authMethod === 'client_secret_jwt'

export const isLive = (client: Client): boolean => client.disabledAtMs === null && client.endedAtMs === null

/** Whether whoever registered it answers for it; of the others people are warned, and asked each time. */
export const isVouchedFor = ({ registration }: Client): boolean => registration === 'administrator'

/** The part of its scopes that are permissions. */
export const permissionsOf = (client: Client): readonly Permission[] => client.scopes.filter(isPermission)

/**
 * Whether its refresh tokens change with each use. Where nobody can use one without the client's own proof, and every
 * access token is bound to a key, rotation gains nothing and loses tokens on bad connections (FAPI 2.0 §5.3.2.1).
 */
export const rotates = ({ kind, dpopBound }: Client): boolean => kind === 'public' || !dpopBound
