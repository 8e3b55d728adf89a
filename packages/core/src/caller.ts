/** Who is asking: the verdict about the credential that a request presented, as doors need it. */
import { allows, FIRST_PARTY_CLIENT, type Permission, type PrincipalId } from '@countersign/protocol'
import type { Verdict } from '@countersign/verifier'
import type { AuditActor } from './audit/event.ts'

export interface Caller {
  readonly principal: { readonly kind: 'account' | 'service_account'; readonly id: PrincipalId }
  readonly verdict: Verdict
}

export function toActor(caller: Caller): AuditActor {
  return { kind: caller.principal.kind, id: caller.principal.id, credential: caller.verdict.credential.id }
}

export function may(caller: Caller, permission: Permission): boolean {
  return allows(caller.verdict.permissions, permission)
}

/**
 * True when the caller speaks with the person's or program's whole voice. An API key, whatever was exchanged for
 * one, and what another client than our own was given, speak with part of it: they may end themselves, but not
 * what else their owner has.
 */
export function speaksForPrincipal(caller: Caller): boolean {
  return !caller.verdict.credential.path.some(
    (node) => node.kind === 'api_key' || (node.kind === 'client' && node.id !== FIRST_PARTY_CLIENT),
  )
}

export const ANONYMOUS: AuditActor = { kind: 'anonymous', id: null, credential: null }
export const SYSTEM: AuditActor = { kind: 'system', id: null, credential: null }
