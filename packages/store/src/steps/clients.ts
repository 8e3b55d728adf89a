/** The row of an OAuth client, and its first secret. */
import type { Client } from '@countersign/core'
import { kindOf } from '@countersign/core/records'
import { one, run, type Script, type Value } from '../script.ts'
import { insertClient, insertClientSecret } from '../statements/clients.ts'

/** False where the id was ever taken. */
export function* insertNewClient(input: {
  client: Client
  secretDigest: string | null
  sealedSecret: string | null
}): Script<boolean> {
  const { client, secretDigest, sealedSecret } = input
  const { id, createdAtMs, registration } = client
  const inserted = yield* one(insertClient, id, ...settingsOf(client), createdAtMs, registration)
  if (inserted === null) return false
  if (secretDigest !== null) yield* run(insertClientSecret, id, secretDigest, sealedSecret, createdAtMs)
  return true
}

/** In the order of the columns from `name` to `sector_identifier_uri`. */
export function settingsOf(client: Client): readonly Value[] {
  return [
    client.name,
    kindOf(client.authMethod),
    client.profile,
    client.authMethod,
    JSON.stringify(client.grantTypes),
    JSON.stringify(client.redirectUris),
    JSON.stringify(client.scopes),
    JSON.stringify(client.audiences),
    client.serviceAccountId,
    client.jwks === null ? null : JSON.stringify(client.jwks),
    client.logoUri,
    client.policyUri,
    client.tosUri,
    JSON.stringify(client.postLogoutRedirectUris),
    client.backchannelLogoutUri,
    client.assurance,
    client.dpopBound ? 'dpop' : 'none',
    client.jwksUri,
    client.idTokenAlgorithm,
    client.subjectType,
    client.sectorIdentifierUri,
  ]
}
