/** Opening tickets, which more than one transaction does. */
import type { Ticket } from '@countersign/core'
import { run, type Script } from '../script.ts'
import { insertTicket as insert } from '../statements/tickets.ts'

export function* insertTicket(digest: string, ticket: Ticket): Script<void> {
  yield* run(
    insert,
    digest,
    0,
    ticket.accountId,
    ticket.purpose,
    ticket.sessionId,
    JSON.stringify(ticket.amr),
    ticket.delivery,
    ticket.refresh,
    ticket.issuedPosition,
    ticket.factorId,
    ticket.level,
    ticket.createdAtMs,
    ticket.expiresAtMs,
  )
}
