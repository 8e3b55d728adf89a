/** What is written down about each request: one log line and one measurement, and never what it carried. */
import { ANONYMOUS, type Caller, makeAudit, toActor } from '@countersign/core'
import { after } from '../adapters/counters.ts'
import { readFacts } from './client.ts'
import type { Flight } from './flight.ts'
import { countedNetworks } from './limit-keys.ts'
import type { Reply } from './reply.ts'

export function record(flight: Flight, reply: Reply): void {
  const { services, route, startedMs } = flight
  const durationMs = services.core.clock.monotonicMs() - startedMs
  services.metrics.request(route.name, reply.outcome, durationMs)
  services.logger.request({
    request: flight.id,
    route: route.name,
    outcome: reply.outcome,
    status: reply.status,
    durationMs,
    ...(flight.reason !== null && { reason: flight.reason }),
  })
  if (flight.caller !== null) count(flight, flight.caller, reply.status)
  if (reply.status >= 400) explain(flight, reply.outcome)
}

/** Known, and not let in: all that a credential which is good can be refused with. */
const REFUSED: ReadonlySet<number> = new Set([401, 403, 429])

function count({ services, route, client, nowMs }: Flight, { verdict }: Caller, status: number): void {
  const answered = { route: route.name, isRefused: REFUSED.has(status), atMs: nowMs, address: client.address }
  services.usage.count(verdict, answered)
}

/** For those who may read decisions. */
function explain({ services, route, client, nowMs, id, caller, reason }: Flight, code: string): void {
  const { position, leaseMs } = services.verifier.checker.moment()
  services.decisions.add({
    id,
    atMs: nowMs,
    code,
    reason,
    route: route.name,
    credential_id: caller?.verdict.credential.id ?? null,
    address: client.address,
    reported_by: null,
    position,
    lease_ms: leaseMs,
    place: route.access === 'public' ? 'public' : 'authority',
    needs: typeof route.access === 'object' ? route.access.permission : null,
  })
}

/** An address that sends the same mistake a thousand times is written down a few times a minute. */
const NOTES = { name: 'secret_in_url', points: 5, perSeconds: 60 }

/** The request goes on without that credential; the audit log tells the operator that a client leaks. */
export function noteSecretInUrl(flight: Flight): void {
  const { services, client } = flight
  void after(services.limiter.take(`url ${countedNetworks(client.address).narrow}`, NOTES), ({ allowed }) => {
    if (allowed) appendNote(flight)
  })
}

function appendNote({ services, route, header, client, nowMs, id, caller }: Flight): void {
  const facts = readFacts(header, client, nowMs, id)
  const event = makeAudit(services.core, facts, {
    type: 'credential.in_url',
    outcome: 'refused',
    actor: caller === null ? ANONYMOUS : toActor(caller),
    details: { route: route.name },
  })
  services.core.store
    .appendAudit([event])
    .catch((error: unknown) => services.logger.error({ event: 'audit_failed', request: id, error }))
}
