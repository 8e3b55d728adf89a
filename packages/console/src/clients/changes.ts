/** What a form about a client sends: what was changed in it, and nothing else. */
import type { ChangeClientRequest, ClientShape } from '@countersign/protocol'
import { hasPeople, needsServiceAccount } from './kinds.ts'

/** Disabling has a button of its own. The order is that of the API’s document. */
const settable = [
  'name',
  'profile',
  'token_endpoint_auth_method',
  'dpop_bound_access_tokens',
  'grant_types',
  'redirect_uris',
  'post_logout_redirect_uris',
  'backchannel_logout_uri',
  'scopes',
  'audiences',
  'service_account_id',
  'jwks',
  'jwks_uri',
  'logo_uri',
  'policy_uri',
  'tos_uri',
  'assurance',
  'id_token_signed_response_alg',
  'subject_type',
  'sector_identifier_uri',
] as const satisfies readonly (keyof ChangeClientRequest & keyof ClientShape)[]

/**
 * Only what differs: some of it costs the authority more than a write (a key, an end of secrets), and what somebody
 * else has changed meanwhile stays as they left it.
 */
export function toChange(before: ClientShape, draft: ClientShape): ChangeClientRequest {
  const after = { ...draft, name: draft.name.trim() }
  const changed = settable.filter((field) => JSON.stringify(after[field]) !== JSON.stringify(before[field]))
  return Object.fromEntries(changed.map((field) => [field, after[field]]))
}

/** A way to get tokens that is given up takes along what only it has use for. */
export function withGrants(draft: ClientShape, part: Partial<ClientShape>): ClientShape {
  const after = { ...draft, ...part }
  return {
    ...after,
    redirect_uris: hasPeople(after) ? after.redirect_uris : [],
    service_account_id: needsServiceAccount(after) ? after.service_account_id : null,
  }
}
