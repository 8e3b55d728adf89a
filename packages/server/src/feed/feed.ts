/**
 * The authority's side of the feed on one node (lease protocol): one reader of the log, the verifiers that follow
 * it, their polls, and what this node and the others know of who has acknowledged what.
 */
import type { LogPage } from '@countersign/core'
import { type Acknowledgements, createAcknowledgements } from './acknowledgements.ts'
import { createAnswers } from './answers.ts'
import { createFollower, type Follower } from './follower.ts'
import { createHolds, type Holds } from './holds.ts'
import { type Change, createLogTail, type Head, type LogTail, type Round } from './log-tail.ts'
import { type Message, parseMessage, type Report, toChanges } from './messages.ts'
import { createPeers, type Peers } from './peers.ts'
import { createPolls, type Polls } from './polls.ts'
import type { Awaited, BusListener, Feed, FeedParts, FeedStats, Standing } from './ports.ts'
import { createRegistry, type Registry } from './registry.ts'
import { createReporter, type Reporter, silentReporter } from './reporter.ts'
import { FOLLOW_INTERVAL_MS, toLapseMs } from './times.ts'

/** Builds a feed that has read nothing yet and runs nothing by itself before `start`. */
export function createFeed(parts: FeedParts): Feed {
  return new NodeFeed(parts)
}

/** No verifier can be called so: it is too short. */
const OWN = 'own'

class NodeFeed implements Feed {
  readonly #parts: FeedParts
  readonly #bornAtMs: number
  readonly #tail: LogTail
  readonly #registry: Registry
  readonly #follower: Follower
  readonly #holds: Holds
  readonly #polls: Polls
  readonly #peers: Peers | null
  readonly #reporter: Reporter
  readonly #acknowledgements: Acknowledgements
  /** Null before the first read. */
  #wasFollowed: boolean | null = null
  #notingFollowed: Promise<void> | null = null
  #isFollowNoted = false
  #announced: Head | null = null
  #wentBackwards = 0
  #cancelFollow: (() => void) | null = null
  #stopped = false

  constructor(parts: FeedParts) {
    const { clock, timers, leaseMs, bus } = parts
    this.#parts = parts
    this.#bornAtMs = clock.monotonicMs()
    const read = (position: number, limit: number): Promise<LogPage> => this.#read(position, limit)
    this.#registry = createRegistry({
      leaseMs,
      own: OWN,
      tellsOthers: bus !== null,
      onRise: () => this.#acknowledgements.look(),
    })
    this.#tail = createLogTail({
      read,
      clock,
      onBegin: (round) => this.#follower.onBegin(round),
      onEnd: (round, change) => this.#onRound(round, change),
    })
    const { tail, registry } = { tail: this.#tail, registry: this.#registry }
    this.#follower = createFollower({ ...parts, tail, registry, read, id: OWN })
    this.#holds = createHolds({ clock, timers, refresh: () => tail.refresh() })
    const answers = createAnswers({ tail, read })
    const noteFollowed = (): Promise<void> => this.#noteFollowed()
    this.#polls = createPolls({ ...parts, tail, registry, holds: this.#holds, answers, noteFollowed })
    this.#peers = bus === null ? null : createPeers(leaseMs, () => clock.monotonicMs())
    this.#reporter = bus === null ? silentReporter : this.#createReporter(bus)
    this.#acknowledgements = createAcknowledgements({
      clock,
      timers,
      registry,
      head: () => tail.head(),
      peers: this.#peers,
      completeAtMs: () => this.#completeAtMs(),
      onReachedForOthers: () => this.#reporter.send(),
    })
  }

  #createReporter(bus: NonNullable<FeedParts['bus']>): Reporter {
    return createReporter({
      ...this.#parts,
      publish: (texts) => bus.publish(texts),
      report: (number) => this.#report(number),
      onSending: (number, atMs) => this.#peers?.onSending(number, atMs),
    })
  }

  /** Every read of the log grants a lease to somebody: only while the other nodes can hear of it. */
  async #read(position: number, limit: number): Promise<LogPage> {
    await this.#reporter.ensureReported()
    return this.#parts.log.readEntries(position, limit)
  }

  #onRound(round: Round, change: Change): void {
    this.#wasFollowed ??= this.#tail.isFollowed()
    if (change.replaced) this.#registry.setAllBack()
    if (change.backwardsFrom !== null) {
      this.#wentBackwards += 1
      const read = this.#tail.head()?.position ?? 0
      this.#parts.onEvent({ kind: 'log_went_backwards', known: change.backwardsFrom, read })
    }
    // First the verifiers of this node: a poller's own credential is checked by them before it is answered.
    this.#follower.onEnd(round)
    if (change.advanced) this.#holds.advanced()
    this.#registry.lowest(this.#parts.clock.monotonicMs())
    this.#acknowledgements.look()
  }

  /**
   * The node lacks the memory of its former life until every lease from it has lapsed. If none was ever granted
   * to a verifier of another process, there is nothing to remember.
   */
  #completeAtMs(): number {
    if (this.#wasFollowed === false) return Number.NEGATIVE_INFINITY
    return this.#bornAtMs + toLapseMs(this.#parts.leaseMs)
  }

  #noteFollowed(): Promise<void> {
    if (this.#isFollowNoted) return Promise.resolve()
    this.#notingFollowed ??= this.#markFollowed().finally(() => {
      this.#notingFollowed = null
    })
    return this.#notingFollowed
  }

  async #markFollowed(): Promise<void> {
    await this.#parts.log.markFollowed(this.#parts.clock.nowMs())
    this.#isFollowNoted = true
  }

  #report(number: number): readonly Message[] {
    const { node, leaseMs, clock } = this.#parts
    const { epoch, position } = this.#tail.head() ?? { epoch: '', position: 0 }
    const lowest = this.#registry.lowest(clock.monotonicMs())
    const report: Report = {
      type: 'report',
      node,
      number,
      leaseMs,
      complete: this.#acknowledgements.isComplete(),
      epoch,
      head: position,
      lowest: lowest === Number.POSITIVE_INFINITY ? null : lowest,
      verifiers: this.#registry.size,
      awaited: this.#acknowledgements.takeCounts(),
    }
    return [...toChanges(node, epoch, this.#registry.takeChanges()), report]
  }

  start(): void {
    this.#parts.bus?.listen(this.#listener())
    this.#reporter.start()
    this.#followAgain()
  }

  #followAgain(): void {
    if (this.#stopped) return
    this.#cancelFollow = this.#parts.timers.set(FOLLOW_INTERVAL_MS, () => {
      this.follow()
        .catch((error: unknown) => this.#parts.onEvent({ kind: 'follow_failed', error }))
        .finally(() => this.#followAgain())
    })
  }

  #listener(): BusListener {
    const { onEvent } = this.#parts
    return {
      onMessage: (text) => this.#hear(text),
      onListening: () => {
        this.#peers?.onListening()
        onEvent({ kind: 'bus_listening' })
      },
      onLost: () => {
        this.#peers?.onLost()
        onEvent({ kind: 'bus_lost' })
      },
    }
  }

  #hear(text: string): void {
    const message = parseMessage(text)
    if (message === null || this.#stopped) return
    if (message.node === this.#parts.node) {
      if (message.type === 'report') this.#peers?.onReturned(message.number)
    } else {
      switch (message.type) {
        case 'report':
          this.#peers?.onReport(message)
          break
        case 'foreign':
          this.#peers?.onForeign(message.node)
          break
        case 'changes':
          if (message.epoch !== this.#tail.head()?.epoch) return
          for (const [verifier, position] of message.changes) this.#registry.hear(verifier, position)
          break
        case 'wake':
          this.#wake(message.epoch, message.position, message.awaited)
          return
      }
    }
    this.#acknowledgements.look()
  }

  #wake(epoch: string, position: number, awaited: boolean): void {
    const head = this.#tail.head()
    const isKnown = head !== null && head.epoch === epoch && head.position >= position
    const known = isKnown ? Promise.resolve() : this.follow()
    known.then(
      () => awaited && this.#acknowledgements.awaitForOthers(epoch, position),
      (error: unknown) => this.#parts.onEvent({ kind: 'follow_failed', error }),
    )
  }

  release(): void {
    this.#polls.stop()
  }

  stop(): void {
    this.#stopped = true
    this.#polls.stop()
    this.#reporter.stop()
    this.#acknowledgements.stop()
    this.#cancelFollow?.()
  }

  follow(): Promise<void> {
    return this.#follower.follow()
  }

  async committed(): Promise<void> {
    await this.follow()
    const head = this.#tail.head()
    const known = this.#announced
    if (head === null || (known?.epoch === head.epoch && head.position <= known.position)) return
    this.#announced = head
    this.#sendWake(head.epoch, head.position, false)
  }

  #sendWake(epoch: string, position: number, awaited: boolean): void {
    this.#reporter.send({ type: 'wake', node: this.#parts.node, epoch, position, awaited })
  }

  poll: Feed['poll'] = (request) => this.#polls.poll(request)
  head: Feed['head'] = () => this.#tail.head()
  position: Feed['position'] = () => this.#follower.position()

  acknowledgement: Feed['acknowledgement'] = (epoch, position, sinceMs) =>
    this.#acknowledgements.read(epoch, position, sinceMs)

  await(epoch: string, position: number, sinceMs: number, onComplete: () => void): Awaited {
    const awaited = this.#acknowledgements.await(epoch, position, sinceMs, onComplete)
    // Also brings a report of this node on its way, which must come back before anything can be known.
    this.#sendWake(epoch, position, true)
    return awaited
  }

  longestLeaseMs(): number {
    return this.#peers?.longestLeaseMs() ?? this.#parts.leaseMs
  }

  followers(): readonly Standing[] {
    return this.#registry.list(this.#parts.clock.monotonicMs())
  }

  stats(): FeedStats {
    const nowMs = this.#parts.clock.monotonicMs()
    const lowest = this.#registry.lowest(nowMs)
    const head = this.#tail.head()?.position ?? 0
    const { polls, answersWithEntries, beyondHead } = this.#polls.stats()
    return {
      verifiers: this.#registry.count(nowMs),
      lag: lowest === Number.POSITIVE_INFINITY ? 0 : Math.max(0, head - lowest),
      held: this.#holds.size,
      polls,
      answersWithEntries,
      wentBackwards: this.#wentBackwards + beyondHead,
      peers: this.#peers?.size ?? 0,
      knowsAll: this.#acknowledgements.isComplete() && (this.#peers?.knowsAll() ?? true),
    }
  }
}
