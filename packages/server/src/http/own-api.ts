/** The authority's own API as a protected resource (RFC 9728): its document, and where it stands. */
import { proofAlgorithms } from '@countersign/protocol'
import type { Config } from '../config.ts'

export type OwnApi = Pick<Config, 'issuer' | 'audiences'>

/** RFC 9728 §3.1: the issuer has no path, so nothing follows. */
export const OWN_METADATA_PATH = '/.well-known/oauth-protected-resource'

/**
 * Null where tokens for the issuer are not taken here. The resource of the document has to be the place that it was
 * read at (§3.3), so that no other audience can be named in its stead.
 */
export const ownMetadataUrl = (api: OwnApi): string | null =>
  isOwnAudience(api) ? `${api.issuer}${OWN_METADATA_PATH}` : null

/**
 * No `scopes_supported`: clients ask for all that stands there when nobody has told them better, and here that would
 * be the power over the authority.
 */
export function ownMetadata(api: OwnApi): object | null {
  if (!isOwnAudience(api)) return null
  return {
    resource: api.issuer,
    authorization_servers: [api.issuer],
    bearer_methods_supported: ['header'],
    dpop_signing_alg_values_supported: proofAlgorithms,
    resource_documentation: `${api.issuer}/openapi.json`,
  }
}

const isOwnAudience = ({ issuer, audiences }: OwnApi): boolean => audiences.includes(issuer)
