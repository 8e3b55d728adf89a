/**
 * Sending what waits in the outbox. A message is leased before it is handed over and settled afterwards, so that a
 * crash in between sends it once more, with the same `Message-ID`, and never loses it.
 */
import { settleUntaken } from '../attempts.ts'
import type { AuditEvent } from '../audit/event.ts'
import { SYSTEM } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import { type ClaimedMail, MAIL_BATCH, MAIL_LEASE_MS, nextAttemptMs, parseMailBody } from '../mail/mail.ts'
import type { Mailer, Sent, Settlement } from '../mail-port.ts'
import { makeAudit } from '../make.ts'

export type DeliveryContext = Pick<Context, 'store' | 'clock' | 'random' | 'secrets'>

/** Sends one batch. Answers how each attempt ended; fewer than `MAIL_BATCH` means that nothing else was due. */
export async function deliverMails(
  context: DeliveryContext,
  mailer: Mailer,
  facts: RequestFacts,
): Promise<readonly Settlement[]> {
  const { nowMs } = facts
  const claimed = await context.store.claimMails({
    nowMs,
    leasedUntilMs: nowMs + MAIL_LEASE_MS,
    limit: MAIL_BATCH,
  })
  return Promise.all(claimed.map((mail) => deliver(context, mailer, mail, facts)))
}

async function deliver(
  context: DeliveryContext,
  mailer: Mailer,
  mail: ClaimedMail,
  facts: RequestFacts,
): Promise<Settlement> {
  const sent = await attempt(context, mailer, mail, facts.nowMs)
  const nowMs = context.clock.nowMs()
  const settlement = settle(context, mail, sent, { ...facts, nowMs })
  await context.store.settleMail({ id: mail.id, attempt: mail.attempt, nowMs, settlement })
  return settlement
}

async function attempt(
  context: DeliveryContext,
  mailer: Mailer,
  { id, sealed, createdAtMs, expiresAtMs }: ClaimedMail,
  nowMs: number,
): Promise<Sent> {
  if (nowMs >= expiresAtMs) return { kind: 'refused', reason: 'expired' }
  const body = parseMailBody(context.secrets.open(sealed, id))
  if (body === null) return { kind: 'unreachable', reason: 'unknown_kind' }
  return mailer.send({ id, createdAtMs, ...body })
}

function settle(context: DeliveryContext, mail: ClaimedMail, sent: Sent, facts: RequestFacts): Settlement {
  if (sent.kind === 'sent') return sent
  const { attempt, expiresAtMs } = mail
  const toFailed = (reason: string): AuditEvent => toFailure(context, mail, reason, facts)
  const one = { attempt, expiresAtMs, nowMs: facts.nowMs, nextMs: nextAttemptMs, toFailure: toFailed }
  return settleUntaken(context.random, sent, one)
}

function toFailure(
  context: DeliveryContext,
  { kind, accountId, attempt: attempts }: ClaimedMail,
  reason: string,
  facts: RequestFacts,
): AuditEvent {
  return makeAudit(context, facts, {
    type: 'mail.failed',
    outcome: 'failed',
    actor: SYSTEM,
    target: accountId === null ? null : { kind: 'account', id: accountId },
    details: { mail: kind, reason, attempts },
  })
}
