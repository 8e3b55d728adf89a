/** What a client may be registered as: the rules that its settings keep among each other. */

import { assertionAlgorithms, isScopeWord } from '@countersign/protocol'
import { importKey } from '@countersign/verifier'
import { type ClientJwk, type ClientSettings, kindOf } from './client.ts'
import { redirectUriMistake } from './redirect-uris.ts'

export interface Mistake {
  readonly path: string
  readonly message: string
}

/** The first mistake, or null. */
export async function clientMistake(settings: ClientSettings): Promise<Mistake | null> {
  const { authMethod, grantTypes, serviceAccountId, redirectUris, scopes } = settings
  const kind = kindOf(authMethod)
  const has = (grantType: (typeof grantTypes)[number]): boolean => grantTypes.includes(grantType)
  const wrongScope = scopes.findIndex((scope) => !isScopeWord(scope))
  if (wrongScope >= 0) return { path: `scopes.${wrongScope}`, message: 'This is no permission and no scope.' }
  if (has('client_credentials') && kind === 'public') {
    return { path: 'grant_types', message: 'A public client cannot prove who it is for client_credentials.' }
  }
  if (has('client_credentials') !== (serviceAccountId !== null)) {
    const message = 'The grant client_credentials and a service account to speak for go together.'
    return { path: 'service_account_id', message }
  }
  if (has('authorization_code') !== redirectUris.length > 0) {
    return { path: 'redirect_uris', message: 'The grant authorization_code and redirect URIs go together.' }
  }
  if (has('refresh_token') && !has('authorization_code')) {
    return { path: 'grant_types', message: 'Refresh tokens come with the grant authorization_code.' }
  }
  for (const [index, uri] of redirectUris.entries()) {
    const message = redirectUriMistake(uri, kind)
    if (message !== null) return { path: `redirect_uris.${index}`, message }
  }
  return keysMistake(settings)
}

async function keysMistake({ authMethod, jwks }: ClientSettings): Promise<Mistake | null> {
  if ((authMethod === 'private_key_jwt') !== (jwks !== null)) {
    return {
      path: 'jwks',
      message: 'The method private_key_jwt and public keys to check it with go together.',
    }
  }
  const kids = new Set<string>()
  for (const [index, jwk] of (jwks ?? []).entries()) {
    const path = `jwks.keys.${index}`
    if (!(await isUsable(jwk))) {
      return { path, message: 'A key is public, has a `kid`, and is for ES256, EdDSA or RS256.' }
    }
    if (kids.has(`${jwk.kid}`)) return { path, message: 'Two keys have the same `kid`.' }
    kids.add(`${jwk.kid}`)
  }
  return null
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
