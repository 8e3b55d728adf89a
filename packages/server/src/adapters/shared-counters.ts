/**
 * Counters that several nodes share by one Redis or Valkey, with `rate-limiter-flexible`. Every use is counted in this
 * process's memory as well: what that refuses needs no question, and while Redis is away it goes on from there, so that
 * nothing is ever unlimited. Redis is loaded only where it is set.
 */
import type { Secret } from '@countersign/protocol'
import type { CheckerClock } from '@countersign/verifier'
import type { Limiter, LimitPolicy, LimitVerdict } from '@countersign/verifier/guards'
import type { RateLimiterRedis } from 'rate-limiter-flexible'
import type { Counters } from './counters.ts'

export interface SharedCounters extends Counters {
  /** False while this node counts alone. */
  readonly isShared: () => boolean
  close(): void
}

export interface SharedCountersOptions {
  readonly url: Secret
  /** Counts for this process alone. */
  readonly memory: Limiter
  /** Keyed, so that Redis holds no addresses, and so that systems with other secrets count apart in it. */
  readonly digest: (key: string) => string
  readonly clock: Pick<CheckerClock, 'monotonicMs'>
  /** Once when Redis goes away, and once when it is back. */
  readonly onChange: (change: 'lost' | 'found', error: unknown) => void
}

/** A limit that takes longer to ask costs more than it protects. */
const ANSWER_MS_MAX = 250
/** How long nothing is asked after an answer has failed to come. */
const PAUSE_MS = 1000
const CONNECT_MS_MAX = 2000
const RECONNECT_MS_MAX = 2000
/** API keys have limits of their own; beyond so many kinds, those in memory are made anew. */
const KINDS_MAX = 1000

export async function openSharedCounters(options: SharedCountersOptions): Promise<SharedCounters> {
  const { memory, clock, digest, onChange } = options
  const client = await connect(options.url)
  const { RateLimiterRedis } = await import('rate-limiter-flexible')
  const kinds = new Map<string, RateLimiterRedis>()
  let isShared = true
  let pausedUntilMs = Number.NEGATIVE_INFINITY

  const lose = (error: unknown): void => {
    if (isShared) onChange('lost', error)
    isShared = false
  }
  const find = (): void => {
    if (!isShared) onChange('found', null)
    isShared = true
  }
  client.on('error', lose)
  client.on('ready', find)
  if (!client.isReady) lose(new Error('Redis does not answer.'))

  const kindOf = ({ points, perSeconds }: LimitPolicy): RateLimiterRedis => {
    const name = `${points}/${perSeconds}`
    const known = kinds.get(name)
    if (known !== undefined) return known
    if (kinds.size >= KINDS_MAX) kinds.clear()
    const common = { storeClient: client, useRedisPackage: true, rejectIfRedisNotReady: true }
    const made = new RateLimiterRedis({ ...common, keyPrefix: 'countersign', points, duration: perSeconds })
    kinds.set(name, made)
    return made
  }

  const ask = async (key: string, policy: LimitPolicy, cost: number): Promise<LimitVerdict | null> => {
    try {
      const verdict = await withinTime(count(kindOf(policy), digest(`${policy.name} ${key}`), policy, cost))
      find()
      return verdict
    } catch (error) {
      pausedUntilMs = clock.monotonicMs() + PAUSE_MS
      lose(error)
      return null
    }
  }

  return {
    isShared: () => isShared,
    take(key, policy, cost = 1): LimitVerdict | Promise<LimitVerdict> {
      const own = memory.take(key, policy, cost)
      if (!own.allowed || !client.isReady || clock.monotonicMs() < pausedUntilMs) return own
      return ask(key, policy, cost).then((shared) => (shared === null ? own : stricter(own, shared)))
    },
    close: () => client.destroy(),
  }
}

/** A client that goes on trying by itself. Resolves when it is connected, or has failed to be for the first time. */
async function connect(url: Secret) {
  const { createClient } = await import('@redis/client')
  const client = createClient({
    url: url.reveal(),
    // Nothing waits for a Redis that is away: this process counts meanwhile.
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_MS_MAX,
      reconnectStrategy: (tries) => Math.min(50 * 2 ** Math.min(tries, 10), RECONNECT_MS_MAX),
    },
  })
  await new Promise<void>((resolve) => {
    client.once('ready', resolve)
    client.once('error', () => resolve())
    // Ends with `destroy`; until then the strategy above goes on.
    client.connect().catch(() => resolve())
  })
  return client
}

/** Throws where Redis does not answer. What the library rejects with for a use too many is an answer. */
async function count(
  kind: RateLimiterRedis,
  key: string,
  policy: LimitPolicy,
  cost: number,
): Promise<LimitVerdict> {
  if (cost === 0) {
    const seen = await kind.get(key)
    return toVerdict(policy, true, seen?.remainingPoints ?? policy.points, seen?.msBeforeNext ?? 0)
  }
  try {
    const { remainingPoints, msBeforeNext } = await kind.consume(key, cost)
    return toVerdict(policy, true, remainingPoints, msBeforeNext)
  } catch (rejected) {
    if (rejected instanceof Error || !isRefusal(rejected)) throw rejected
    return toVerdict(policy, false, 0, rejected.msBeforeNext)
  }
}

const isRefusal = (rejected: unknown): rejected is { readonly msBeforeNext: number } =>
  typeof rejected === 'object' &&
  rejected !== null &&
  'msBeforeNext' in rejected &&
  typeof rejected.msBeforeNext === 'number'

const toVerdict = (
  { points: limit, perSeconds }: LimitPolicy,
  allowed: boolean,
  remaining: number,
  leftMs: number,
): LimitVerdict => ({
  allowed,
  limit,
  remaining: Math.max(0, remaining),
  resetSeconds: leftMs > 0 ? Math.max(1, Math.ceil(leftMs / 1000)) : perSeconds,
})

/** The window of the node that refuses, or else the one that all share. */
const stricter = (own: LimitVerdict, shared: LimitVerdict): LimitVerdict => ({
  ...shared,
  remaining: Math.min(own.remaining, shared.remaining),
})

/** A Redis that has stopped in the middle keeps its connection and says nothing. */
async function withinTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Redis has not answered in time.')), ANSWER_MS_MAX)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
