/** What the authority does by itself: follow the log, chain the audit log, tend the keys, write uses, sweep. */
import {
  DEVICE_SECONDS,
  deliverMails,
  entryExpiry,
  MAIL_BATCH,
  type Mailer,
  type RequestFacts,
  tendSigningKeys,
  USAGE_KEPT_MS,
} from '@countersign/core'
import { createLogoutChore } from './logouts/chore.ts'
import { createLogoutTeller } from './logouts/teller.ts'
import { troubleOf } from './mail/mailer.ts'
import type { Services } from './services.ts'

const SECOND = 1000
const DAY = 86_400 * SECOND

/** How often each chore runs, in milliseconds. */
const EVERY = {
  /** Events are in the chain within a second (design §7). */
  chainAudit: SECOND / 2,
  flushUsage: 5 * SECOND,
  judgePrograms: 15 * SECOND,
  deliverMails: SECOND,
  tellClients: SECOND,
  tendKeys: 30 * SECOND,
  sweep: 600 * SECOND,
  reloadPlaces: 60 * SECOND,
} as const

/** How long ended and expired rows are kept: for lists, reports and reuse detection. */
const KEEP_ENDED_MS = 30 * DAY
const SWEEP_ROWS_MAX = 5000
const SWEPT_CLIENTS_MAX = 500
/** Verifiers that were away for a moment catch up by entries rather than by a snapshot. */
const KEEP_POSITIONS = 10_000

export interface Chores {
  /** Stops starting new rounds, waits for the running ones, and does the last round of what must not be lost. */
  stop(): Promise<void>
}

export function startChores(services: Services): Chores {
  const { core, auditChainer } = services
  const now = (): number => core.clock.nowMs()
  const chain = (): Promise<unknown> => chainAll(() => auditChainer.linkCommitted(now()))
  const rounds = [
    repeat(services, 'chain_audit', EVERY.chainAudit, chain),
    repeat(services, 'flush_usage', EVERY.flushUsage, () => services.usage.flush()),
    repeat(services, 'judge_programs', EVERY.judgePrograms, () =>
      services.programs.judge(systemFacts(now())),
    ),
    repeat(services, 'tend_keys', EVERY.tendKeys, () => tendSigningKeys(core, systemFacts(now()))),
    repeat(services, 'sweep', EVERY.sweep, () => sweep(services, now())),
    repeat(services, 'reload_places', EVERY.reloadPlaces, () => services.places.refresh()),
  ]
  const { mailer } = services
  const tellClients = createLogoutChore(services, createLogoutTeller(services.outbound), systemFacts)
  rounds.push(repeat(services, 'tell_clients', EVERY.tellClients, tellClients))
  if (mailer !== null) {
    rounds.push(repeat(services, 'deliver_mails', EVERY.deliverMails, () => deliverAll(services, mailer)))
  }
  services.feed.start()
  return {
    stop: async () => {
      await Promise.all(rounds.map((stopRound) => stopRound()))
      // Events that this round does not reach are chained by the next server.
      await attempt(services, 'flush_usage', () => services.usage.flush())
      await attempt(services, 'judge_programs', () => services.programs.judge(systemFacts(now())))
      await attempt(services, 'flush_audit', () => core.gathered.flush())
      await attempt(services, 'chain_audit', chain)
      services.feed.stop()
    },
  }
}

/** The facts of what the authority does unasked. */
export function systemFacts(nowMs: number): RequestFacts {
  return { nowMs, requestId: 'system', address: null, userAgent: null, device: null, deviceSecrets: [] }
}

/** A busy second leaves more than one batch. */
async function chainAll(chainBatch: () => Promise<number>): Promise<void> {
  while ((await chainBatch()) > 0);
}

/** Until nothing is due any more. What is being sent when the server stops is sent to its end first. */
async function deliverAll(services: Services, mailer: Mailer): Promise<void> {
  const { core, metrics, logger } = services
  for (;;) {
    const settled = await deliverMails(core, mailer, systemFacts(core.clock.nowMs()))
    for (const settlement of settled) {
      metrics.mail(settlement.kind)
      const trouble = troubleOf(settlement)
      if (trouble !== null) logger.warn({ event: trouble, request: 'deliver_mails' })
    }
    if (settled.length < MAIL_BATCH || services.isStopping()) return
  }
}

async function sweep(services: Services, nowMs: number): Promise<void> {
  const { core } = services
  await core.store.sweep(nowMs - KEEP_ENDED_MS, SWEEP_ROWS_MAX)
  await core.store.pruneLog(nowMs, KEEP_POSITIONS)
  while ((await core.store.sweepUsed(nowMs, SWEEP_ROWS_MAX)) === SWEEP_ROWS_MAX);
  await sweepRegistrations(services, nowMs)
  await core.store.sweepDevices(nowMs - DEVICE_SECONDS * SECOND, SWEEP_ROWS_MAX)
  while ((await core.store.sweepUsage(nowMs - USAGE_KEPT_MS, SWEEP_ROWS_MAX)) === SWEEP_ROWS_MAX);
}

/** One batch in a round, since each has an entry in the log. */
function sweepRegistrations({ core, config }: Services, nowMs: number): Promise<number> {
  return core.store.sweepRegistrations({
    clientsBeforeMs: nowMs - config.clientRegistrationUnusedHours * 3600 * SECOND,
    tokensBeforeMs: nowMs - KEEP_ENDED_MS,
    limit: SWEPT_CLIENTS_MAX,
    nowMs,
    entryExpiresAtMs: entryExpiry(core.policy, nowMs),
  })
}

/** Runs a chore again and again, one round at a time. A failed round is logged and tried at the next turn. */
function repeat(
  services: Services,
  name: string,
  everyMs: number,
  chore: () => Promise<unknown>,
): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve()
  let timer: NodeJS.Timeout
  let stopped = false
  const round = (): void => {
    running = attempt(services, name, chore).finally(schedule)
  }
  const schedule = (): void => {
    if (stopped) return
    timer = setTimeout(round, everyMs)
    // Chores alone do not keep a process alive.
    timer.unref()
  }
  schedule()
  return async () => {
    stopped = true
    clearTimeout(timer)
    await running
  }
}

/** A database that is away stops no chore for good, and does not keep the server from stopping. */
function attempt(services: Services, name: string, chore: () => Promise<unknown>): Promise<unknown> {
  return chore().catch((error: unknown) =>
    services.logger.error({ event: 'chore_failed', request: name, error }),
  )
}
