/** What a client may be registered as: the rules that its settings keep among each other. */

import { assertionAlgorithms, isFapiAlgorithm, isPermission, isScopeWord } from '@countersign/protocol'
import { importKey } from '@countersign/verifier'
import { type ClientJwk, type ClientSettings, kindOf } from './client.ts'
import { redirectUriMistake } from './redirect-uris.ts'
import { isForAdministrators } from './registration.ts'
import { needsSectorUri } from './sector.ts'

export interface Mistake {
  readonly path: string
  readonly message: string
}

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** The first mistake, or null. */
export async function clientMistake(settings: ClientSettings): Promise<Mistake | null> {
  const { authMethod, grantTypes, serviceAccountId, redirectUris, postLogoutRedirectUris, scopes } = settings
  const kind = kindOf(authMethod)
  const has = (grantType: (typeof grantTypes)[number]): boolean => grantTypes.includes(grantType)
  const wrongScope = scopes.findIndex((scope) => !isScopeWord(scope))
  if (wrongScope >= 0) return { path: `scopes.${wrongScope}`, message: 'This is no permission and no scope.' }
  const isProgram = has('client_credentials') || has(EXCHANGE)
  if (isProgram && kind === 'public') {
    const message = 'A public client cannot prove who it is for client_credentials, or for an exchange.'
    return { path: 'grant_types', message }
  }
  if (isProgram !== (serviceAccountId !== null)) {
    const message =
      'The grants client_credentials and token-exchange go together with a service account to speak or act as.'
    return { path: 'service_account_id', message }
  }
  if (has('authorization_code') !== redirectUris.length > 0) {
    return { path: 'redirect_uris', message: 'The grant authorization_code and redirect URIs go together.' }
  }
  if (has('refresh_token') && !has('authorization_code') && !has(DEVICE_CODE)) {
    const message = 'Refresh tokens come with the grant authorization_code, or that of devices.'
    return { path: 'grant_types', message }
  }
  for (const [index, uri] of redirectUris.entries()) {
    const message = redirectUriMistake(uri, kind)
    if (message !== null) return { path: `redirect_uris.${index}`, message }
  }
  for (const [index, uri] of postLogoutRedirectUris.entries()) {
    const message = redirectUriMistake(uri, kind)
    if (message !== null) return { path: `post_logout_redirect_uris.${index}`, message }
  }
  const { backchannelLogoutUri } = settings
  // Called by us and by nobody's browser: https, or a program on this machine.
  if (backchannelLogoutUri !== null && redirectUriMistake(backchannelLogoutUri, 'confidential') !== null) {
    return {
      path: 'backchannel_logout_uri',
      message: 'It is https, or http on loopback, without a fragment.',
    }
  }
  const wrongSubject = subjectMistake(settings)
  if (wrongSubject !== null) return wrongSubject
  return (settings.profile === 'fapi2-security' ? fapiMistake(settings) : null) ?? keysMistake(settings)
}

/** OIDC Core §8.1. What stands at the sector's address is asked where it is registered. */
function subjectMistake(settings: ClientSettings): Mistake | null {
  const { subjectType, sectorIdentifierUri: uri, redirectUris, scopes } = settings
  if (uri !== null && !isFetched(uri)) {
    const message = 'It is an https address, without user name and fragment.'
    return { path: 'sector_identifier_uri', message }
  }
  if (uri !== null && redirectUris.length === 0) {
    const message = 'Without redirect URIs nobody can tell whether the client belongs to a sector.'
    return { path: 'sector_identifier_uri', message }
  }
  if (needsSectorUri(settings)) {
    const message = 'Redirect URIs of several hosts need an address at which they are named as one sector.'
    return { path: 'sector_identifier_uri', message }
  }
  // By administering it could read the very ids that it is not to be told.
  if (
    subjectType === 'pairwise' &&
    scopes.some((scope) => isPermission(scope) && isForAdministrators(scope))
  ) {
    const message = 'A client with pairwise subjects has no permissions of the authority itself.'
    return { path: 'subject_type', message }
  }
  return null
}

/** The FAPI 2.0 Security Profile §5.3.2.1, as far as it is about what a client is registered as. */
function fapiMistake({
  authMethod,
  dpopBound,
  redirectUris,
  jwks,
  idTokenAlgorithm,
}: ClientSettings): Mistake | null {
  if (authMethod !== 'private_key_jwt') {
    const message = 'With this profile a client proves itself by private_key_jwt.'
    return { path: 'token_endpoint_auth_method', message }
  }
  if (!dpopBound) {
    const message = 'With this profile access tokens are always bound to a key.'
    return { path: 'dpop_bound_access_tokens', message }
  }
  if (idTokenAlgorithm !== null && !isFapiAlgorithm(idTokenAlgorithm)) {
    const message = 'With this profile ID tokens are signed with PS256, ES256 or EdDSA.'
    return { path: 'id_token_signed_response_alg', message }
  }
  const plain = redirectUris.findIndex((uri) => !uri.startsWith('https://'))
  if (plain >= 0)
    return { path: `redirect_uris.${plain}`, message: 'With this profile redirect URIs are https.' }
  const weak = (jwks ?? []).findIndex(({ alg }) => !isFapiAlgorithm(alg))
  if (weak < 0) return null
  return { path: `jwks.keys.${weak}`, message: 'With this profile a key is for PS256, ES256 or EdDSA.' }
}

async function keysMistake({ authMethod, jwks, jwksUri }: ClientSettings): Promise<Mistake | null> {
  if (jwks !== null && jwksUri !== null) {
    return { path: 'jwks_uri', message: 'Keys are registered, or published by the client, but not both.' }
  }
  if ((authMethod === 'private_key_jwt') !== (jwks !== null || jwksUri !== null)) {
    return {
      path: 'jwks',
      message: 'The method private_key_jwt and public keys to check it with go together.',
    }
  }
  if (jwksUri !== null && !isFetched(jwksUri)) {
    return { path: 'jwks_uri', message: 'Keys are published by https, without user name and fragment.' }
  }
  const kids = new Set<string>()
  for (const [index, jwk] of (jwks ?? []).entries()) {
    const path = `jwks.keys.${index}`
    if (!(await isUsable(jwk))) {
      return { path, message: 'A key is public, has a `kid`, and is for ES256, EdDSA, RS256 or PS256.' }
    }
    if (kids.has(`${jwk.kid}`)) return { path, message: 'Two keys have the same `kid`.' }
    kids.add(`${jwk.kid}`)
  }
  return null
}

/** What is really called, and over which addresses, is decided when it is; in the clear only on this machine. */
function isFetched(text: string): boolean {
  if (!/^https?:\/\/[^\s#@\\]+$/.test(text) || !URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}

/** Keys that are shared with the client are none: whoever reads them here could sign for it. */
async function isUsable(jwk: ClientJwk): Promise<boolean> {
  if (!assertionAlgorithms.some((algorithm) => algorithm === jwk.alg)) return false
  try {
    await importKey(jwk)
    return true
  } catch {
    // What it is that the platform or the rules do not take is said in the documentation.
    return false
  }
}
