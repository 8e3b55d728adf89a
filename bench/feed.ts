/**
 * How fast a revocation reaches verifiers, and what following costs the authority. Times are from the call to
 * `POST /v1/revocations`, so they hold the durable commit as well.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Pollers } from './feed/pollers.ts'
import { type BenchResult, median, toLimit } from './measure.ts'
import { call } from './server/api.ts'
import { Child, numberOf, textOf } from './server/child.ts'

const ROLE = 'member'
const MANY = 1_000
const ONE = { revocations: 300, pauseMs: 5, p99MsMax: 10 }
/** Further apart than the pace of a thousand verifiers, which is 500 ms. */
const LAST = { revocations: 40, pauseMs: 700, p50MsMax: 25, p99MsMax: 60 }
const IDLE = { durationMs: 10_000, shareMax: 10 }
const BUSY = { perSecond: 20, durationMs: 10_000, shareMax: 20 }

interface Authority {
  readonly child: Child
  readonly port: number
  readonly key: string
}

/** Takes about a minute and cleans up after itself. */
export async function benchFeed(): Promise<BenchResult[]> {
  const results = join(import.meta.dirname, 'results')
  mkdirSync(results, { recursive: true })
  const folder = mkdtempSync(join(results, 'feed-'))
  const child = Child.start('../feed/authority-child.ts', { BENCH_FOLDER: folder })
  try {
    const port = numberOf(await child.call('ports'), 'port')
    const key = textOf(await child.call('key'), 'key')
    const authority = { child, port, key }
    return [...(await benchOne(authority)), ...(await benchMany(authority))]
  } finally {
    await child.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function withPollers<T>(
  { port, key }: Authority,
  count: number,
  work: (pollers: Pollers) => Promise<T>,
): Promise<T> {
  const pollers = new Pollers(port, key)
  try {
    await pollers.open(count)
    return await Promise.race([work(pollers), pollers.failed()])
  } finally {
    pollers.close()
  }
}

async function benchOne(authority: Authority): Promise<BenchResult[]> {
  return withPollers(authority, 1, async (pollers) => {
    const times = await measureRevocations(authority, pollers, ONE)
    return [
      toLimit('feed: revocation to refusal, 1 verifier, p99', 'ms', quantile(times, 0.99), ONE.p99MsMax),
    ]
  })
}

async function benchMany(authority: Authority): Promise<BenchResult[]> {
  return withPollers(authority, MANY, async (pollers) => {
    const times = await measureRevocations(authority, pollers, LAST)
    const idle = await measureShare(authority, () => setTimeout(IDLE.durationMs))
    const busy = await measureShare(authority, () => revokeSteadily(authority))
    return [
      toLimit(`feed: … last of ${MANY} verifiers, p50`, 'ms', median(times), LAST.p50MsMax),
      toLimit(`feed: … last of ${MANY} verifiers, p99`, 'ms', quantile(times, 0.99), LAST.p99MsMax),
      toLimit(`feed: ${MANY} idle verifiers`, '% of a core', idle, IDLE.shareMax),
      toLimit(
        `feed: ${BUSY.perSecond} revocations/s to ${MANY} verifiers`,
        '% of a core',
        busy,
        BUSY.shareMax,
      ),
    ]
  })
}

/** One after the other, each when the one before has reached everybody. */
async function measureRevocations(
  authority: Authority,
  pollers: Pollers,
  { revocations, pauseMs }: { readonly revocations: number; readonly pauseMs: number },
): Promise<readonly number[]> {
  const times: number[] = []
  for (let count = 0; count < revocations; count += 1) {
    await setTimeout(pauseMs)
    const reached = pollers.untilAll(pollers.position + 1)
    const startedMs = performance.now()
    await Promise.all([revoke(authority), reached.then((atMs) => times.push(atMs - startedMs))])
  }
  return times
}

/** What the server's process costs meanwhile, all its threads together. */
async function measureShare({ child }: Authority, work: () => Promise<unknown>): Promise<number> {
  const [startedMs, before] = [performance.now(), numberOf(await child.call('busy'), 'allMs')]
  await work()
  const busyMs = numberOf(await child.call('busy'), 'allMs') - before
  return (busyMs / (performance.now() - startedMs)) * 100
}

async function revokeSteadily(authority: Authority): Promise<void> {
  const revoking: Promise<unknown>[] = []
  for (let count = 0; count < (BUSY.durationMs / 1_000) * BUSY.perSecond; count += 1) {
    revoking.push(revoke(authority))
    await setTimeout(1_000 / BUSY.perSecond)
  }
  await Promise.all(revoking)
}

function revoke({ port, key }: Authority): Promise<unknown> {
  const json = { target: { kind: 'role', id: ROLE } }
  return call(port, 'POST', '/v1/revocations', { headers: { 'x-api-key': key }, json })
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

if (import.meta.main) console.table(await benchFeed())
