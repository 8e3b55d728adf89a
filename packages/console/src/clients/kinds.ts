/** The kinds of clients that people think in, and what each means in the words of RFC 7591. */
import type {
  ClientAuthMethod,
  ClientGrantType,
  ClientShape,
  CreateClientRequest,
  IdTokenAlgorithm,
} from '@countersign/protocol'
import type { MoreSettings } from './more-fields.tsx'

export const clientKinds = ['web', 'public', 'service'] as const
export type ClientKind = (typeof clientKinds)[number]

/** The authority's own, which is there from the start and which no administrator changes. */
export const FIRST_PARTY = 'first-party'

export interface ClientDraft {
  readonly kind: ClientKind
  readonly id: string
  readonly name: string
  readonly redirectUris: readonly string[]
  readonly scopes: readonly string[]
  readonly audiences: readonly string[]
  readonly serviceAccountId: string | null
  readonly method: ClientAuthMethod
  readonly idTokenAlgorithm: IdTokenAlgorithm | null
  readonly more: MoreSettings
}

const GRANTS: Readonly<Record<ClientKind, readonly ClientGrantType[]>> = {
  web: ['authorization_code', 'refresh_token'],
  public: ['authorization_code', 'refresh_token'],
  service: ['client_credentials'],
}

/** What a client of that kind is registered with, unless somebody says otherwise. */
export const toMore = (kind: ClientKind): MoreSettings => ({
  profile: 'oauth2.1',
  dpop_bound_access_tokens: false,
  grant_types: [...GRANTS[kind]],
  post_logout_redirect_uris: [],
  backchannel_logout_uri: null,
  jwks: null,
  jwks_uri: null,
  logo_uri: null,
  policy_uri: null,
  tos_uri: null,
  assurance: null,
  subject_type: 'public',
  sector_identifier_uri: null,
})

export const usualMethod = (kind: ClientKind): ClientAuthMethod =>
  kind === 'public' ? 'none' : 'client_secret_basic'

export function toRequest(draft: ClientDraft): CreateClientRequest {
  const { id, name, more } = draft
  const common: CreateClientRequest = {
    // What is not set is not named.
    ...Object.fromEntries(Object.entries(more).filter(([, value]) => value !== null)),
    id: id.trim(),
    name: name.trim(),
    token_endpoint_auth_method: draft.method,
    grant_types: more.grant_types,
    scopes: [...draft.scopes],
    audiences: [...draft.audiences],
    ...(draft.idTokenAlgorithm !== null && { id_token_signed_response_alg: draft.idTokenAlgorithm }),
  }
  return {
    ...common,
    ...(needsServiceAccount(more) &&
      draft.serviceAccountId !== null && { service_account_id: draft.serviceAccountId }),
    ...(hasPeople(more) && { redirect_uris: [...draft.redirectUris] }),
  }
}

export const hasPeople = ({ grant_types }: Pick<ClientShape, 'grant_types'>): boolean =>
  grant_types.includes('authorization_code')
/** It acts as a service account, for itself or going on with somebody's token. */
export const needsServiceAccount = ({ grant_types }: Pick<ClientShape, 'grant_types'>): boolean =>
  grant_types.includes('client_credentials') ||
  grant_types.includes('urn:ietf:params:oauth:grant-type:token-exchange')

/** Null for what is none of them, such as a client that both signs people in and speaks for itself. */
export function kindOfClient(client: Pick<ClientShape, 'type' | 'grant_types'>): ClientKind | null {
  const hasOwn = client.grant_types.includes('client_credentials')
  if (hasPeople(client) === hasOwn) return null
  if (hasOwn) return 'service'
  return client.type === 'public' ? 'public' : 'web'
}

/** An id out of a name, for whoever does not want to think of one: letters that every language of URLs has. */
export const toClientId = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 40)

/** One on each line; what is empty is none. */
export const toUris = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
