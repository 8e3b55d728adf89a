/** Ids, secrets and audit events, made from the ports. */
import {
  ID_RANDOM_BYTES,
  type IdPrefix,
  SECRET_BYTES,
  type Secret,
  toId,
  toSecretText,
} from '@countersign/protocol'
import type { AuditActor, AuditDetails, AuditEvent } from './audit/event.ts'
import type { Context, RequestFacts } from './context.ts'
import type { Random } from './ports.ts'

export function makeId<P extends IdPrefix>(
  context: Pick<Context, 'random'>,
  prefix: P,
  nowMs: number,
): `${P}_${string}` {
  return toId(prefix, nowMs, context.random.bytes(ID_RANDOM_BYTES))
}

/** 256 random bits as the secret part of a credential. */
export function makeSecret(random: Random): Secret {
  return toSecretText(random.bytes(SECRET_BYTES))
}

export interface AuditDraft {
  readonly type: string
  readonly outcome?: AuditEvent['outcome']
  readonly actor: AuditActor
  readonly target?: AuditEvent['target']
  readonly details?: AuditDetails
}

export function makeAudit(
  context: Pick<Context, 'random'>,
  facts: RequestFacts,
  draft: AuditDraft,
): AuditEvent {
  return {
    id: makeId(context, 'evt', facts.nowMs),
    atMs: facts.nowMs,
    type: draft.type,
    outcome: draft.outcome ?? 'success',
    actor: draft.actor,
    target: draft.target ?? null,
    address: facts.address,
    requestId: facts.requestId,
    details: draft.details ?? {},
  }
}
