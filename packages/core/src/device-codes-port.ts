/** The part of the store's port that keeps device codes (RFC 8628). The rules of `store-port.ts` hold here as well. */
import type { AccountId, SessionId } from '@countersign/protocol'
import type { AuditEvent } from './audit/event.ts'
import type { Consent } from './authorizations/code.ts'
import type { DeviceCode, DeviceDecision } from './device-codes/device-code.ts'
import type { Grant } from './grants/grant.ts'
import type { Session } from './sessions/session.ts'
import type { PrincipalView, WithHead } from './store-port.ts'

export interface DeviceCodeStore {
  /** Writes it unless another one that lives has the same user code. */
  beginDeviceCode(input: {
    code: DeviceCode
    digest: string
    userDigest: string
    pollMs: number
  }): Promise<'begun' | 'taken'>
  /**
   * Binds an undecided code to the session that has typed it, or finds it bound to that session. One statement: of two
   * sessions one has it, and the other is told nothing (RFC 8628 §5.4).
   */
  claimDeviceCode(input: {
    userDigests: readonly string[]
    account: AccountId
    session: SessionId
    nowMs: number
  }): Promise<DeviceCode | null>
  /** Decides about a code that this session has claimed, once, and writes the consent where one was given. */
  decideDeviceCode(input: {
    userDigests: readonly string[]
    decision: DeviceDecision
    consent: Consent | null
    nowMs: number
    audit: AuditEvent
  }): Promise<'decided' | 'gone'>
  /** Everything that an answer to the device needs, in one snapshot; also one that was used. */
  readDeviceCode(digests: readonly string[]): Promise<
    WithHead<{
      found: {
        code: DeviceCode
        digest: string
        usedAtMs: number | null
        /** Null while nobody has decided. */
        decision: DeviceDecision | null
        session: Session | null
        principal: PrincipalView | null
      } | null
    }>
  >
  /** Counts a poll; one that comes too early makes the pause longer by `slowerMs` (RFC 8628 §3.5). */
  pollDeviceCode(input: { digest: string; nowMs: number; slowerMs: number }): Promise<'on_time' | 'too_early'>
  /** Uses up an allowed code and opens its grant: one conditional update decides. */
  redeemDeviceCode(input: {
    digest: string
    grant: Grant
    refreshDigest: string | null
    refreshExpiresAtMs: number
    nowMs: number
    audit: AuditEvent
  }): Promise<'opened' | 'gone'>
}
