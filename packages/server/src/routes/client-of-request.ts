/** Which client a form to an OAuth endpoint comes from, and whether it has proved that (RFC 6749 §2.3). */
import { authenticateClient, type KnownClient, type PresentedClient } from '@countersign/core'
import { type ClientId, FIRST_PARTY_CLIENT, isClientId, Secret } from '@countersign/protocol'
import { readUnverifiedClaims } from '@countersign/verifier'
import { isBasic, parseBasic } from '../http/basic.ts'
import { toLimitFields } from '../http/limit-fields.ts'
import { limitClient } from '../http/limits.ts'
import { oauthError, type Reply } from '../http/reply.ts'
import type { Call } from '../http/route.ts'

export interface ClientParameters {
  client_id?: string | undefined
  client_secret?: string | undefined
  client_assertion?: string | undefined
  client_assertion_type?: string | undefined
}

export type IdentifiedClient =
  | {
      readonly ok: true
      readonly id: ClientId
      /** Null for the authority's own client, which is nobody else's to name otherwise. */
      readonly known: KnownClient | null
    }
  | { readonly ok: false; readonly reply: Reply }

type ClientCall = Call<ClientParameters, unknown, null>

/** `fallback`: who it is where the form names nobody. */
export async function identifyClient(call: ClientCall, fallback: ClientId | null): Promise<IdentifiedClient> {
  const presented = takeClient(call)
  if (presented === 'twice') {
    const text = 'Name and prove the client in one way only.'
    return { ok: false, reply: oauthError('invalid_request', text) }
  }
  if (presented === 'malformed') return refuseClient(call)
  if (presented === null) {
    return fallback === null ? refuseClient(call) : { ok: true, id: fallback, known: null }
  }
  // The first party's client has nothing to prove, and what it refreshes is looked up anyway.
  if (presented.method === 'none' && presented.id === FIRST_PARTY_CLIENT) {
    return { ok: true, id: FIRST_PARTY_CLIENT, known: null }
  }
  return proveClient(call, presented)
}

/** Wrong proofs are few from one network; OAuth 2.1 §2.4.1 wants guessing at secrets to be slowed. */
async function proveClient(call: ClientCall, presented: PresentedClient): Promise<IdentifiedClient> {
  const { services, facts } = call
  const limited = await limitClient(services, presented.id, facts.address, 0)
  if (limited !== null && !limited.allowed) {
    const text = 'Too many wrong proofs for this client; wait for the time in Retry-After.'
    return { ok: false, reply: oauthError('slow_down', text, toLimitFields(limited)) }
  }
  const known = await authenticateClient(services.core, presented, facts)
  if (known.ok) return { ok: true, id: presented.id, known }
  await limitClient(services, presented.id, facts.address, 1)
  return refuseClient(call)
}

/** RFC 7523 §2.2. */
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Two ways at once are a mistake (RFC 6749 §2.3), whatever is in them. */
function takeClient({ body, header }: ClientCall): PresentedClient | null | 'twice' | 'malformed' {
  const authorization = header('authorization')
  const { client_id: named, client_secret: secret, client_assertion: assertion } = body
  if ([authorization ?? undefined, secret, assertion].filter((one) => one !== undefined).length > 1)
    return 'twice'
  if (authorization !== null) return isBasic(authorization) ? takeBasic(authorization, named) : 'malformed'
  if (assertion !== undefined || body.client_assertion_type !== undefined) return takeAssertion(body)
  if (named === undefined) return secret === undefined ? null : 'malformed'
  if (!isClientId(named)) return 'malformed'
  if (secret === undefined) return { method: 'none', id: named }
  return { method: 'client_secret_post', id: named, secret: new Secret(secret) }
}

/** The client may leave its name to the assertion (RFC 7521 §4.2); where it says both, they have to agree. */
function takeAssertion(body: ClientParameters): PresentedClient | 'malformed' {
  const { client_assertion: assertion, client_id: named } = body
  if (assertion === undefined || body.client_assertion_type !== ASSERTION_TYPE) return 'malformed'
  const id = readUnverifiedClaims(assertion)?.sub
  if (typeof id !== 'string' || !isClientId(id) || (named !== undefined && named !== id)) return 'malformed'
  return { method: 'client_assertion', id, assertion }
}

function takeBasic(
  authorization: string,
  named: string | undefined,
): PresentedClient | 'twice' | 'malformed' {
  const basic = parseBasic(authorization)
  if (basic === null || !isClientId(basic.id)) return 'malformed'
  if (named !== undefined && named !== basic.id) return 'twice'
  return { method: 'client_secret_basic', id: basic.id, secret: basic.secret }
}

/** RFC 6749 §5.2: a client that tried a scheme of `Authorization` is answered in that scheme. */
function refuseClient({ header }: ClientCall): { ok: false; reply: Reply } {
  const headers = isBasic(header('authorization') ?? '')
    ? { 'www-authenticate': 'Basic realm="countersign"' }
    : {}
  const text =
    'The client is missing or unknown, or did not prove who it is in the way that it is registered with.'
  return { ok: false, reply: oauthError('invalid_client', text, headers) }
}
