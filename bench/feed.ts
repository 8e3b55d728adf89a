/**
 * How fast a revocation reaches verifiers, and what following costs the authority. Times are from the call to
 * `POST /v1/revocations`, so they hold the durable commit as well. Beside the authority stands a bare server that
 * only holds requests and answers them all, to tell how fast the machine is.
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

interface Many {
  readonly p50Ms: number
  readonly p99Ms: number
  /** Of one core, in percent. */
  readonly idleShare: number
  readonly busyShare: number
}

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
  try {
    const ours = await withServer('../feed/authority-child.ts', folder, async (authority) => ({
      one: await measureOne(authority),
      many: await measureMany(authority),
    }))
    const theirs = await withServer('../feed/bare-child.ts', folder, measureMany)
    return toResults(ours, theirs)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function withServer<T>(
  file: string,
  folder: string,
  work: (authority: Authority) => Promise<T>,
): Promise<T> {
  const child = Child.start(file, { BENCH_FOLDER: folder })
  try {
    const port = numberOf(await child.call('ports'), 'port')
    return await work({ child, port, key: textOf(await child.call('key'), 'key') })
  } finally {
    await child.close()
  }
}

function toResults(ours: { readonly one: number; readonly many: Many }, theirs: Many): BenchResult[] {
  const beside = (name: keyof Many, title: string, unit: string, max: number): BenchResult => ({
    ...toLimit(title, unit, ours.many[name], max),
    theirs: theirs[name],
    ratio: ours.many[name] / theirs[name],
  })
  const last = `feed: … last of ${MANY} verifiers ÷ bare node:http`
  return [
    toLimit('feed: revocation to refusal, 1 verifier, p99', 'ms', ours.one, ONE.p99MsMax),
    beside('p50Ms', `${last}, p50`, 'ms', LAST.p50MsMax),
    beside('p99Ms', `${last}, p99`, 'ms', LAST.p99MsMax),
    toLimit(`feed: ${MANY} idle verifiers`, '% of a core', ours.many.idleShare, IDLE.shareMax),
    toLimit(
      `feed: ${BUSY.perSecond} revocations/s to ${MANY} verifiers`,
      '% of a core',
      ours.many.busyShare,
      BUSY.shareMax,
    ),
  ]
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

function measureOne(authority: Authority): Promise<number> {
  return withPollers(authority, 1, async (pollers) =>
    quantile(await measureRevocations(authority, pollers, ONE), 0.99),
  )
}

function measureMany(authority: Authority): Promise<Many> {
  return withPollers(authority, MANY, async (pollers) => {
    const times = await measureRevocations(authority, pollers, LAST)
    return {
      p50Ms: median(times),
      p99Ms: quantile(times, 0.99),
      idleShare: await measureShare(authority, () => setTimeout(IDLE.durationMs)),
      busyShare: await measureShare(authority, () => revokeSteadily(authority)),
    }
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
