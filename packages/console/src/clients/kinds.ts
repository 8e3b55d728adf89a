/** The kinds of clients that people think in, and what each means in the words of RFC 7591. */
import type { ClientGrantType, ClientShape, CreateClientRequest } from '@countersign/protocol'

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
}

const GRANTS: Readonly<Record<ClientKind, readonly ClientGrantType[]>> = {
  web: ['authorization_code', 'refresh_token'],
  public: ['authorization_code', 'refresh_token'],
  service: ['client_credentials'],
}

export function toRequest(draft: ClientDraft): CreateClientRequest {
  const { kind, id, name } = draft
  const common: CreateClientRequest = {
    id: id.trim(),
    name: name.trim(),
    token_endpoint_auth_method: kind === 'public' ? 'none' : 'client_secret_basic',
    grant_types: [...GRANTS[kind]],
    scopes: [...draft.scopes],
    audiences: [...draft.audiences],
  }
  return kind === 'service'
    ? { ...common, ...(draft.serviceAccountId !== null && { service_account_id: draft.serviceAccountId }) }
    : { ...common, redirect_uris: [...draft.redirectUris] }
}

/** Null for what is none of them, such as a client that both signs people in and speaks for itself. */
export function kindOfClient(client: Pick<ClientShape, 'type' | 'grant_types'>): ClientKind | null {
  const hasPeople = client.grant_types.includes('authorization_code')
  const hasOwn = client.grant_types.includes('client_credentials')
  if (hasPeople === hasOwn) return null
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
