/** The part of the store's port that keeps OAuth clients. The rules of `store-port.ts` hold here as well. */
import type { ClientId } from '@countersign/protocol'
import type { AuditEvent } from './audit/event.ts'
import type { Client, ClientSecret, ClientSettings } from './clients/client.ts'
import type { PageRequest, PrincipalView, WithHead } from './store-port.ts'

export interface ClientStore {
  /** Creates the client unless its id was ever taken, or the service account that it speaks for is gone. */
  createClient(input: {
    client: Client
    secretDigest: string | null
    /** Only for a client that signs with it. */
    sealedSecret: string | null
    audit: AuditEvent
  }): Promise<'created' | 'exists' | 'service_account_gone'>
  /** Null for one that has ended, too. */
  readClient(id: ClientId): Promise<Client | null>
  /** In the order of their ids; `search` finds those with a text in id or name. */
  listClients(page: PageRequest & { search?: string | null }): Promise<readonly Client[]>
  /** Everything that issuing something to a client needs, in one snapshot; also one that has ended. */
  readClientToIssue(id: ClientId): Promise<
    WithHead<{
      found: {
        client: Client
        secrets: readonly ClientSecret[]
        /** The service account that it speaks for. */
        principal: PrincipalView | null
      } | null
    }>
  >
  /**
   * Changes a live client. Appends a rule for it where its tokens would be made otherwise; disabling also ends
   * everything issued before. Secrets go with the method that they were for: what is to be
   * signed with was never kept readable before, and what was is so no longer than it has to be.
   */
  changeClient(input: {
    id: ClientId
    change: Partial<ClientSettings>
    disabledAtMs?: number | null
    nowMs: number
    entryExpiresAtMs: number
    audit: AuditEvent
  }): Promise<'changed' | 'not_found' | 'service_account_gone'>
  /** Adds a secret; the older ones end at `overlapEndsAtMs` or before. */
  rotateClientSecret(input: {
    id: ClientId
    digest: string
    /** Kept only where the client still signs with it. */
    sealed: string | null
    overlapEndsAtMs: number
    secretsMax: number
    nowMs: number
    audit: AuditEvent
  }): Promise<'rotated' | 'not_found' | 'limit_reached'>
  /**
   * Writes what the document of a client says, with a row of its own where there is none. Appends a rule for it where its
   * tokens would be made otherwise. One that has ended stays ended.
   */
  keepDocumentClient(input: {
    client: Client
    nowMs: number
    entryExpiresAtMs: number
    audit: AuditEvent
  }): Promise<'kept' | 'client_gone'>
  /** Ends the client and everything that was issued under it. Its id stays taken. */
  endClient(input: {
    id: ClientId
    nowMs: number
    entryExpiresAtMs: number
    audit: AuditEvent
  }): Promise<'ended' | 'not_found'>
  /** True for the first who presents it; whoever comes later, or at the same moment, is told false. */
  useOnce(input: { key: string; expiresAtMs: number }): Promise<boolean>
}
