/** Feeds in a world of their own: a log in memory, a clock and timers that the test moves, a bus that can break. */
import type { Bus, BusListener, LogPage } from '@countersign/core'
import { StoreUnavailable } from '@countersign/core'
import type { NodeKind, RevocationEntry } from '@countersign/protocol'
import type { FeedAnswer } from '@countersign/verifier'
import { type Confirmations, createConfirmations } from '../../src/confirmations.ts'
import { createFeed } from '../../src/feed/feed.ts'
import type { Feed, FeedEvent, FeedLog, FeedParts, PollRequest, Timers } from '../../src/feed/ports.ts'

export const LEASE_MS = 5_000
/** Rule 9: the lease, one hundredth of it, and 50 ms. */
export const LAPSE_MS = 5_100
export const HOLD_MS = 2_000
export const REPORT_MS = 200

const START_MS = Date.UTC(2026, 0, 15, 12)

/** Lets everything that needs no time happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

export class World {
  #nowMs = 0
  readonly #timers = new Set<{ readonly atMs: number; readonly run: () => void }>()
  readonly log: MemoryLog = new MemoryLog()
  readonly hub: Hub = new Hub()

  readonly clock: FeedParts['clock'] = {
    nowMs: () => START_MS + this.#nowMs,
    monotonicMs: () => this.#nowMs,
  }

  readonly timers: Timers = {
    set: (ms, run) => {
      const timer = { atMs: this.#nowMs + Math.max(0, ms), run }
      this.#timers.add(timer)
      return () => void this.#timers.delete(timer)
    },
  }

  get pendingTimers(): number {
    return this.#timers.size
  }

  /** Timers run in their order, and what follows from each before the next. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms
    await settle()
    for (;;) {
      const due = [...this.#timers].filter(({ atMs }) => atMs <= untilMs)
      const next = due.sort((left, right) => left.atMs - right.atMs)[0]
      if (next === undefined) break
      this.#timers.delete(next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.run()
      await settle()
    }
    this.#nowMs = untilMs
    await settle()
  }
}

/** Positions are dense, as the store makes them. */
export class MemoryLog implements FeedLog {
  epoch = 'first-epoch'
  position = 0
  followedAtMs: number | null = null
  prunedUntilMs: number | null = null
  entries: RevocationEntry[] = []
  reads = 0
  isBroken = false
  #gate: Promise<void> = Promise.resolve()

  append(kind: NodeKind, id: string, issuedBeforePosition?: number): number {
    this.position += 1
    const more = issuedBeforePosition === undefined ? {} : { issuedBeforePosition }
    this.entries.push({ position: this.position, kind, id, ...more, expiresAtMs: START_MS + 3_600_000 })
    return this.position
  }

  appendMany(count: number): void {
    for (let index = 0; index < count; index += 1) this.append('access_token', `token-${this.position}`)
  }

  /** An old backup comes back, and the epoch with it. */
  restore(position: number): void {
    this.position = position
    this.entries = this.entries.filter((entry) => entry.position <= position)
  }

  /** Reads that begin from now on see what there is now, and are answered when the gate opens. */
  close(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gate = promise
    return resolve
  }

  async readEntries(position: number, limit: number): Promise<LogPage> {
    this.reads += 1
    if (this.isBroken) throw new StoreUnavailable('The log is away.')
    const page: LogPage = {
      head: { epoch: this.epoch, position: this.position },
      followedAtMs: this.followedAtMs,
      prunedUntilMs: this.prunedUntilMs,
      entries: this.entries.filter((entry) => entry.position > position).slice(0, limit),
    }
    await this.#gate
    return page
  }

  async markFollowed(nowMs: number): Promise<void> {
    if (this.isBroken) throw new StoreUnavailable('The log is away.')
    this.followedAtMs ??= nowMs
  }
}

/** Hands every text to all who listen, in order. */
export class Hub {
  readonly listeners: Set<BusListener> = new Set()
  readonly texts: string[] = []
  #late: string[] | null = null

  say(texts: readonly string[]): void {
    this.texts.push(...texts)
    if (this.#late !== null) this.#late.push(...texts)
    else for (const text of texts) for (const listener of this.listeners) listener.onMessage(text)
  }

  /** What is said from now on arrives when the answer is called. */
  delay(): () => void {
    const late: string[] = []
    this.#late = late
    return () => {
      this.#late = null
      for (const text of late) for (const listener of this.listeners) listener.onMessage(text)
    }
  }
}

export interface TestBus extends Bus {
  /** It is deaf from now on. */
  deafen(): void
  /** It listens again. */
  hear(): void
  /** What it says fails from now on. */
  isMute: boolean
}

export function createBus(hub: Hub): TestBus {
  let own: BusListener | null = null
  return {
    isMute: false,
    async publish(texts) {
      await Promise.resolve()
      if (this.isMute) throw new StoreUnavailable('The bus is away.')
      hub.say(texts)
    },
    listen(listener) {
      own = listener
      this.hear()
    },
    hear() {
      if (own === null) return
      hub.listeners.add(own)
      own.onListening()
    },
    deafen() {
      if (own === null) return
      hub.listeners.delete(own)
      own.onLost()
    },
    async close() {
      if (own !== null) hub.listeners.delete(own)
    },
  }
}

/** A verifier that takes everything and remembers it. */
export interface TestTaker {
  readonly answers: FeedAnswer[]
  leasesEnded: number
  apply(answer: FeedAnswer): boolean
  endLease(): void
}

export const createTaker = (): TestTaker => ({
  answers: [],
  leasesEnded: 0,
  apply(answer) {
    this.answers.push(answer)
    return true
  },
  endLease() {
    this.leasesEnded += 1
  },
})

export interface TestNode {
  readonly feed: Feed
  readonly confirmations: Confirmations
  readonly bus: TestBus | null
  readonly taker: TestTaker
  readonly events: FeedEvent[]
  /** How often the keys were asked for; `fails` makes it fail. */
  readonly keys: { fetched: number; fails: boolean; gate: Promise<void> }
}

let nodes = 0

export function createNode(world: World, settings: { shared?: boolean; leaseMs?: number } = {}): TestNode {
  nodes += 1
  const { clock, timers, log, hub } = world
  const taker = createTaker()
  const events: FeedEvent[] = []
  const keys = { fetched: 0, fails: false, gate: Promise.resolve() }
  const bus = settings.shared === true ? createBus(hub) : null
  const feed = createFeed({
    node: `node-${String(nodes).padStart(16, '0')}`,
    leaseMs: settings.leaseMs ?? LEASE_MS,
    clock,
    timers,
    log,
    bus,
    own: [taker],
    onSigningKeys: async () => {
      keys.fetched += 1
      await keys.gate
      if (keys.fails) throw new StoreUnavailable('The keys are away.')
    },
    onEvent: (event) => events.push(event),
  })
  return { feed, confirmations: createConfirmations({ clock, timers, feed }), bus, taker, events, keys }
}

/** One that has read the log and runs. */
export async function openNode(
  world: World,
  settings: { shared?: boolean; leaseMs?: number } = {},
): Promise<TestNode> {
  const node = createNode(world, settings)
  await node.feed.follow()
  node.feed.start()
  await settle()
  return node
}

export interface TestVerifier {
  readonly id: string
  epoch: string | null
  position: number
  /** Sends a poll; what comes back is applied. Resolves to the answer, or to how it ended. */
  poll(feed: Feed, more?: Partial<PollRequest>): Promise<PolledAnswer>
}

export interface PolledAnswer {
  readonly kind: 'answer' | 'abandoned' | 'stopping'
  readonly waited: boolean
  readonly epoch: string
  readonly positions: readonly number[]
  readonly position: number
  readonly leaseMs: number
  readonly snapshot: boolean
  readonly more: boolean
  readonly paceMs: number
  readonly body: string
}

let verifiers = 0

export function createVerifier(): TestVerifier {
  verifiers += 1
  return {
    id: `verifier-${String(verifiers).padStart(12, '0')}`,
    epoch: null,
    position: 0,
    async poll(feed, more = {}) {
      const answer = await feed.poll({
        verifier: this.id,
        principal: null,
        epoch: this.epoch,
        after: this.position,
        holdMs: HOLD_MS,
        signal: null,
        ...more,
      })
      const polled = toPolled(answer)
      if (polled.kind === 'answer') {
        this.epoch = polled.epoch
        this.position = polled.position
      }
      return polled
    },
  }
}

function toPolled(answer: Awaited<ReturnType<Feed['poll']>>): PolledAnswer {
  const body = answer.kind === 'answer' ? answer.body : '{"entries":[]}'
  const { entries, ...told } = JSON.parse(body)
  return {
    kind: answer.kind,
    waited: answer.kind === 'answer' && answer.waited,
    epoch: told.epoch,
    positions: entries.map(({ position }: { position: number }) => position),
    position: told.position,
    leaseMs: told.lease_ms,
    snapshot: told.snapshot,
    more: told.more,
    paceMs: told.pace_ms,
    body,
  }
}

/** Whether something has come by now. */
export function watch<T>(promise: Promise<T>): Watched<T> {
  const seen: { value: T | null; error: unknown; isDone: boolean } = {
    value: null,
    error: null,
    isDone: false,
  }
  promise.then(
    (value) => Object.assign(seen, { value, isDone: true }),
    (error: unknown) => Object.assign(seen, { error, isDone: true }),
  )
  return seen
}

export interface Watched<T> {
  readonly value: T | null
  readonly error: unknown
  readonly isDone: boolean
}
