/**
 * What operators watch, in Prometheus' text format. Counting is a few additions in memory; `prom-client`, which
 * tells about the process itself, is loaded by the first scrape and by nobody who never scrapes.
 */
import type { FeedStats } from '../feed/ports.ts'
import {
  createHistogram,
  createTally,
  type Histogram,
  renderGauge,
  renderSample,
  type Tally,
} from './exposition.ts'

export interface Metrics {
  /** `route` and `outcome` are names of ours: they become labels. */
  request(route: string, outcome: string, durationMs: number): void
  signIn(outcome: 'success' | 'refused' | 'failed'): void
  /** `kind` is the kind of the node that was revoked. */
  revocation(kind: string): void
  mail(outcome: 'sent' | 'later' | 'failed'): void
  logout(outcome: 'told' | 'dropped' | 'later' | 'failed'): void
  storeError(): void
  scrape(): Promise<{ readonly contentType: string; readonly text: string }>
}

/** What is read at the moment of a scrape. */
export interface MetricSources {
  readonly passwords: { readonly running: number; readonly waiting: number }
  readonly verifier: () => {
    readonly position: number
    readonly leaseHolds: boolean
    readonly revokedNodes: number
    readonly verdicts: number
  }
  readonly feed: () => Pick<
    FeedStats,
    'verifiers' | 'lag' | 'held' | 'polls' | 'answersWithEntries' | 'wentBackwards' | 'knowsAll'
  >
  /** Null where no nodes share counters. */
  readonly countersShared?: (() => boolean) | null
}

export function createMetrics(sources: MetricSources): Metrics {
  const requests = createHistogram({
    name: 'countersign_http_request_duration_seconds',
    help: 'Answered requests by route and outcome.',
    labels: ['route', 'outcome'],
  })
  const signIns = createTally({
    name: 'countersign_sign_ins_total',
    help: 'Attempts to sign in by outcome.',
    labels: ['outcome'],
  })
  const revocations = createTally({
    name: 'countersign_revocations_total',
    help: 'Revocations by the kind of what was revoked.',
    labels: ['kind'],
  })
  const mails = createTally({
    name: 'countersign_mail_attempts_total',
    help: 'Attempts to hand over a message by outcome: sent, to be tried later, failed for good.',
    labels: ['outcome'],
  })
  const logouts = createTally({
    name: 'countersign_logout_attempts_total',
    help: 'Attempts to tell a client of an ended session: told, nobody to tell any more, to be tried later, failed.',
    labels: ['outcome'],
  })
  const storeErrors = createTally({
    name: 'countersign_store_errors_total',
    help: 'Calls that the database did not answer.',
    labels: [],
  })
  let processMetrics: Promise<ProcessMetrics> | null = null

  return {
    request: (route, outcome, durationMs) => requests.observe(route, outcome, durationMs / 1000),
    signIn: (outcome) => signIns.add(outcome),
    revocation: (kind) => revocations.add(kind),
    mail: (outcome) => mails.add(outcome),
    logout: (outcome) => logouts.add(outcome),
    storeError: () => storeErrors.add(''),
    async scrape() {
      processMetrics ??= loadProcessMetrics()
      const { contentType, read } = await processMetrics
      const own = renderOwn(requests, [signIns, revocations, mails, logouts, storeErrors], sources)
      return { contentType, text: `${own}\n${await read()}` }
    },
  }
}

function renderOwn(requests: Histogram, tallies: readonly Tally[], sources: MetricSources): string {
  const { passwords } = sources
  const verifier = sources.verifier()
  return [
    requests.render(),
    ...tallies.map((tally) => tally.render()),
    renderGauge('countersign_password_hashes_running', 'Password hashes being computed.', passwords.running),
    renderGauge(
      'countersign_password_hashes_waiting',
      'Password hashes waiting for their turn.',
      passwords.waiting,
    ),
    renderGauge(
      'countersign_log_position',
      'Position of the revocation log that was applied.',
      verifier.position,
    ),
    renderGauge(
      'countersign_lease_holds',
      '1 while credentials may be accepted from memory.',
      Number(verifier.leaseHolds),
    ),
    renderGauge('countersign_revoked_nodes', 'Entries in the revocation set.', verifier.revokedNodes),
    renderGauge(
      'countersign_cached_verdicts',
      'Verdicts about opaque credentials held in memory.',
      verifier.verdicts,
    ),
    ...renderFeed(sources.feed()),
    ...renderCounters(sources.countersShared ?? null),
  ].join('\n')
}

function renderCounters(isShared: (() => boolean) | null): string[] {
  if (isShared === null) return []
  const help = '1 while limits are counted together with the other nodes, 0 while this one counts alone.'
  return [renderGauge('countersign_counters_shared', help, Number(isShared()))]
}

function renderFeed(feed: ReturnType<MetricSources['feed']>): string[] {
  const rows: readonly [kind: 'gauge' | 'counter', name: string, help: string, value: number][] = [
    [
      'gauge',
      'verifiers',
      'Verifiers that may hold a lease from this node, its own included.',
      feed.verifiers,
    ],
    ['gauge', 'verifier_lag_positions', 'How far the last of them is behind the log.', feed.lag],
    ['gauge', 'polls_held', 'Polls that wait for the log to grow.', feed.held],
    ['counter', 'polls_total', 'Polls of the feed that were received.', feed.polls],
    [
      'counter',
      'feed_answers_with_entries_total',
      'Answers of the feed with entries.',
      feed.answersWithEntries,
    ],
    [
      'counter',
      'log_went_backwards_total',
      'Times that the log was found shorter than it had been: an old backup without a new epoch.',
      feed.wentBackwards,
    ],
    ['gauge', 'feed_knows_all', '1 while acknowledgements can confirm a revocation.', Number(feed.knowsAll)],
  ]
  return rows.map(([kind, name, help, value]) => renderSample(kind, `countersign_${name}`, help, value))
}

interface ProcessMetrics {
  readonly contentType: string
  readonly read: () => Promise<string>
}

/** CPU, memory, open files, garbage collection and the lag of the event loop, from the first scrape on. */
async function loadProcessMetrics(): Promise<ProcessMetrics> {
  const { default: prometheus } = await import('prom-client')
  const register = new prometheus.Registry()
  prometheus.collectDefaultMetrics({ register })
  return { contentType: register.contentType, read: () => register.metrics() }
}
