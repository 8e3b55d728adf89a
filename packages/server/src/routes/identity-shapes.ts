/** Accounts elsewhere as they stand on the wire. */
import type { Identity } from '@countersign/core'
import type { IdentitiesResponse, IdentityShape } from '@countersign/protocol'
import type { Providers } from '../providers/ports.ts'
import { toTime } from './shapes.ts'

export function toIdentitiesShape(identities: readonly Identity[], providers: Providers): IdentitiesResponse {
  return { items: identities.map((identity) => toIdentityShape(identity, providers)), next_cursor: null }
}

/** One whose provider stands in the settings no more is called by its id. */
export function toIdentityShape(identity: Identity, { names }: Providers): IdentityShape {
  const known = names.find(({ id }) => id === identity.provider)
  return {
    id: identity.id,
    provider: { id: identity.provider, name: known?.name ?? identity.provider },
    label: identity.label,
    created_at: toTime(identity.createdAtMs),
    last_used_at: identity.lastUsedAtMs === null ? null : toTime(identity.lastUsedAtMs),
  }
}
