/**
 * Request objects (RFC 9101, OIDC Core §6.1): an authorization request that the client has signed, given by value. What
 * stands in it is the whole request; what stands beside it was anybody's to write.
 */
import { assertionAlgorithms, fapiAlgorithms } from '@countersign/protocol'
import { type AuthorizationParameters, parameterNames } from '../authorizations/request.ts'
import { type Client, isLive } from '../clients/client.ts'
import type { Context, RequestFacts } from '../context.ts'
import { findClient } from './client-documents.ts'
import { verifyByClient } from './client-keys.ts'

/** One that is good for longer would be a link that anybody may send to somebody. */
export const REQUEST_OBJECT_SECONDS_MAX = 3600
/** RFC 9101 §10.8; those of OIDC Core have none or `JWT`. */
const TYPES = [null, 'jwt', 'oauth-authz-req+jwt']

/**
 * The parameters that a request consists of; null where there is a request object that cannot be believed. Of a client
 * without keys they are given back as they are: it is told that objects are not taken.
 */
export async function openRequestObject(
  context: Context,
  parameters: AuthorizationParameters,
  facts: RequestFacts,
): Promise<AuthorizationParameters | null> {
  const { request: object, client_id: clientId = '' } = parameters
  if (object === undefined) return parameters
  const client = await findClient(context, clientId, facts)
  if (client === null || !isLive(client) || (client.jwks === null && client.jwksUri === null))
    return parameters
  const algorithms = client.profile === 'fapi2-security' ? fapiAlgorithms : assertionAlgorithms
  const claims = await verifyByClient(context, client, object, { algorithms, types: TYPES })
  if (claims === null || !isForUs(context, client, claims, facts.nowMs)) return null
  const { request, request_uri: requestUri, sub } = claims
  // RFC 9101 §4: none inside another. §10.8: with a subject it could be taken for the client's proof of who it is, and
  // this one has been through a browser.
  if (request !== undefined || requestUri !== undefined || sub !== undefined) return null
  const found: Record<string, string> = {}
  for (const name of parameterNames) {
    const text = toText(claims[name])
    if (text === null) return null
    if (text !== undefined && text !== '') found[name] = text
  }
  return found.client_id === client.id ? found : null
}

/** The issuer of the object is the client, its audience is us, and it was not made for later (RFC 9101 §4, §10.2). */
function isForUs(
  { policy }: Context,
  client: Client,
  { iss, aud, exp, nbf }: Readonly<Record<string, unknown>>,
  nowMs: number,
): boolean {
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  const nowSeconds = nowMs / 1000
  const { leewaySeconds } = policy
  if (iss !== client.id || !audiences.includes(policy.issuer)) return false
  if (typeof exp !== 'number' || exp <= nowSeconds - leewaySeconds) return false
  if (exp > nowSeconds + REQUEST_OBJECT_SECONDS_MAX + leewaySeconds) return false
  return nbf === undefined || (typeof nbf === 'number' && nbf <= nowSeconds + leewaySeconds)
}

/** As it would stand in a query; undefined for nothing, null for what could not. */
function toText(value: unknown): string | null | undefined {
  if (value === undefined || typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  // `claims` is an object in here (OIDC Core §6.1).
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? JSON.stringify(value) : null
}
