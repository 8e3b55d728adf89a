/**
 * One simulated process on a machine of its own: its two clocks, its timers and what it receives. It can be
 * paused (clocks go on), suspended (the monotonic clock stops too), its wall clock can be moved, and it can die.
 */
import type { Clock } from '@countersign/core'
import type { Random } from './random.ts'
import type { World, WorldEvent } from './world.ts'

export interface Machine {
  /** Milliseconds of its clocks in one of true time; two of them are never further apart than 1 %. */
  readonly rate: number
  /** What its wall clock says at the beginning of the world. */
  wallMs: number
  monotonicMs: number
}

/** Half of the drift that the protocol allows between two machines (rule 10) on each side. */
const DRIFT_MAX = 0.0049

export const createMachine = (random: Random, wallMs: number): Machine => ({
  rate: 1 + random.between(-DRIFT_MAX, DRIFT_MAX),
  wallMs: wallMs + random.between(-40, 40),
  monotonicMs: random.between(0, 1e9),
})

interface Timer {
  readonly dueMs: number
  readonly run: () => void
  event: WorldEvent | null
}

/** Timers of real machines come a little late, and those of Node up to a millisecond early. */
const EARLY_MS = 1
const LATE_MS = 2

export class SimProcess {
  readonly name: string
  readonly machine: Machine
  readonly #world: World
  readonly #random: Random
  readonly #timers = new Set<Timer>()
  readonly #deaths: (() => void)[] = []
  #received: (() => void)[] = []
  #state: 'running' | 'paused' | 'suspended' | 'dead' = 'running'
  #monotonicMs: number
  #markMs: number

  constructor(name: string, machine: Machine, world: World, random: Random) {
    this.name = name
    this.machine = machine
    this.#world = world
    this.#random = random
    this.#markMs = world.nowMs
    this.#monotonicMs = machine.monotonicMs
  }

  readonly clock: Clock = {
    nowMs: () => Math.floor(this.machine.wallMs + this.#world.nowMs * this.machine.rate),
    monotonicMs: () =>
      this.#state === 'suspended'
        ? this.#monotonicMs
        : this.#monotonicMs + (this.#world.nowMs - this.#markMs) * this.machine.rate,
  }

  readonly timers: { set(ms: number, run: () => void): () => void } = {
    set: (ms, run) => {
      const jitterMs = this.#random.chance(0.05) ? 10 * LATE_MS : LATE_MS
      const wantedMs = Math.max(1, ms) + this.#random.between(-EARLY_MS, jitterMs)
      const timer: Timer = { dueMs: this.clock.monotonicMs() + Math.max(0.01, wantedMs), run, event: null }
      this.#timers.add(timer)
      if (this.#state !== 'suspended') this.#schedule(timer)
      return () => {
        timer.event?.cancel()
        this.#timers.delete(timer)
      }
    },
  }

  get isAlive(): boolean {
    return this.#state !== 'dead'
  }

  get isRunning(): boolean {
    return this.#state === 'running'
  }

  #schedule(timer: Timer): void {
    const ms = (timer.dueMs - this.clock.monotonicMs()) / this.machine.rate
    timer.event = this.#world.after(ms, () => {
      if (this.#state !== 'running' || !this.#timers.delete(timer)) return
      timer.run()
    })
  }

  /** Something from outside; while the process stands still it waits, and what a dead one gets is lost. */
  receive(run: () => void): void {
    if (this.#state === 'dead') return
    if (this.#state === 'running' && this.#received.length === 0) run()
    else this.#received.push(run)
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused'
  }

  suspend(): void {
    if (this.#state !== 'running') return
    this.#monotonicMs = this.clock.monotonicMs()
    this.#state = 'suspended'
    for (const { event } of this.#timers) event?.cancel()
  }

  /** Ends a pause or a suspension: timers and messages that have waited come in no particular order. */
  resume(): void {
    if (this.#state === 'suspended') {
      this.#markMs = this.#world.nowMs
      this.#state = 'running'
      for (const timer of this.#timers) this.#schedule(timer)
    } else if (this.#state === 'paused') {
      this.#state = 'running'
      const overdue = [...this.#timers].filter(({ dueMs }) => dueMs <= this.clock.monotonicMs())
      for (const timer of overdue.sort((left, right) => left.dueMs - right.dueMs)) {
        timer.event = this.#world.after(this.#random.between(0, 1), () => {
          if (this.#state === 'running' && this.#timers.delete(timer)) timer.run()
        })
      }
    } else return
    this.#takeNext()
  }

  /** Messages keep their order, and whatever arrives meanwhile comes after them. */
  #takeNext(): void {
    if (this.#received.length === 0) return
    this.#world.after(this.#random.between(0, 0.5), () => {
      if (this.#state !== 'running') return
      const [run] = this.#received
      this.#received = this.#received.slice(1)
      run?.()
      this.#takeNext()
    })
  }

  moveWallClock(ms: number): void {
    this.machine.wallMs += ms
  }

  onDeath(run: () => void): void {
    if (this.#state === 'dead') run()
    else this.#deaths.push(run)
  }

  kill(): void {
    if (this.#state === 'dead') return
    this.machine.monotonicMs = this.clock.monotonicMs()
    this.#state = 'dead'
    for (const { event } of this.#timers) event?.cancel()
    this.#timers.clear()
    this.#received = []
    for (const run of this.#deaths) run()
  }
}
