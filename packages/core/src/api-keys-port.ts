/** The part of the store's port that keeps API keys. The rules of `store-port.ts` hold here as well. */
import type { ApiKeyId, PrincipalId, SessionId } from '@countersign/protocol'
import type { ApiKey, ApiKeyChange } from './api-keys/api-key.ts'
import type { HourOfUse, HourPlace } from './api-keys/usage.ts'
import type { AuditEvent } from './audit/event.ts'
import type { PageRequest, PrincipalView, WithHead } from './store-port.ts'

export interface ApiKeyStore {
  /** Creates the key unless the owner is gone or has `keysMax` live ones. */
  createApiKey(input: {
    key: ApiKey
    digest: string
    keysMax: number
    /** The session in which its secret is shown: whoever was not its owner has seen it. */
    madeIn?: SessionId | null
    audit: AuditEvent
  }): Promise<'created' | 'limit_reached' | 'owner_gone'>
  readApiKey(id: ApiKeyId): Promise<ApiKey | null>
  listApiKeys(owner: PrincipalId | null, page: PageRequest): Promise<readonly ApiKey[]>
  /** The audiences of those keys that there are, as they are stored: none stands for the first-party ones. */
  readApiKeyAudiences(ids: readonly ApiKeyId[]): Promise<ReadonlyMap<ApiKeyId, readonly string[]>>
  /** What the key was used for, the newest hour first; `after` is the last of the page before. */
  listApiKeyUsage(id: ApiKeyId, after: HourPlace | null, limit: number): Promise<readonly HourOfUse[]>
  /** Everything that a verdict about a key needs, in one snapshot; `secrets` are the ones not yet ended. */
  readApiKeyForVerdict(id: ApiKeyId): Promise<
    WithHead<{
      found: {
        key: ApiKey
        secrets: readonly { digest: string; expiresAtMs: number | null }[]
        principal: PrincipalView
      } | null
    }>
  >
  /** Changes a live key and appends a rule for it. */
  changeApiKey(input: {
    id: ApiKeyId
    change: ApiKeyChange
    nowMs: number
    entryExpiresAtMs: number
    audit: AuditEvent
  }): Promise<ApiKey | null>
  /** Adds a secret; the older ones end at `overlapEndsAtMs` or before. Appends a rule for the key. */
  rotateApiKey(input: {
    id: ApiKeyId
    digest: string
    overlapEndsAtMs: number
    secretsMax: number
    madeIn?: SessionId | null
    nowMs: number
    entryExpiresAtMs: number
    audit: AuditEvent
  }): Promise<{ kind: 'rotated'; key: ApiKey } | { kind: 'not_found' } | { kind: 'limit_reached' }>
}
