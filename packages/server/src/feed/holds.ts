/**
 * Polls that wait: for the log to grow, or for a moment. Those whose moments lie close together end together,
 * after one read of the log that began then; so a thousand idle verifiers cost a few reads a second.
 */
import type { FeedClock, Leaving, Timers } from './ports.ts'
import { HOLD_STEP_MS } from './times.ts'

export type Ending =
  /** The log has grown. */
  | { readonly kind: 'advanced' }
  /** The moment has come, and the log was read after it. */
  | { readonly kind: 'time' }
  /** The moment has come, and the log cannot be read. */
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'abandoned' }
  | { readonly kind: 'stopping' }

export interface HoldRequest {
  readonly verifier: string
  readonly ms: number
  /** False for one that waits for its moment alone. */
  readonly untilAdvance: boolean
  readonly signal: Leaving | null
}

export interface Holds {
  hold(request: HoldRequest): Promise<Ending>
  /** Another poll of this verifier has come: nobody waits for the answer to the one that is held. */
  supersede(verifier: string): void
  advanced(): void
  stop(): void
  readonly size: number
}

export interface HoldsParts {
  readonly clock: FeedClock
  readonly timers: Timers
  /** Reads the log; begins after the call. */
  readonly refresh: () => Promise<void>
}

export function createHolds(parts: HoldsParts): Holds {
  return new HeldPolls(parts)
}

interface Held {
  readonly verifier: string
  readonly untilAdvance: boolean
  readonly step: Step
  end(ending: Ending): void
}

/** Everybody whose moment lies in the same 25 ms. */
interface Step {
  readonly number: number
  readonly held: Set<Held>
  cancel: () => void
}

class HeldPolls implements Holds {
  readonly #parts: HoldsParts
  readonly #byVerifier = new Map<string, Held>()
  readonly #steps = new Map<number, Step>()

  constructor(parts: HoldsParts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#byVerifier.size
  }

  hold({ verifier, ms, untilAdvance, signal }: HoldRequest): Promise<Ending> {
    if (signal?.aborted === true) return Promise.resolve({ kind: 'abandoned' })
    this.supersede(verifier)
    const step = this.#stepAfter(ms)
    return new Promise((resolve) => {
      const abandon = (): void => held.end({ kind: 'abandoned' })
      const held: Held = {
        verifier,
        untilAdvance,
        step,
        end: (ending) => {
          signal?.removeEventListener('abort', abandon)
          this.#forget(held)
          resolve(ending)
        },
      }
      signal?.addEventListener('abort', abandon)
      step.held.add(held)
      this.#byVerifier.set(verifier, held)
    })
  }

  #stepAfter(ms: number): Step {
    const nowMs = this.#parts.clock.monotonicMs()
    const number = Math.ceil((nowMs + ms) / HOLD_STEP_MS)
    const known = this.#steps.get(number)
    if (known !== undefined) return known
    const step: Step = { number, held: new Set(), cancel: () => undefined }
    step.cancel = this.#parts.timers.set(number * HOLD_STEP_MS - nowMs, () => this.#finish(step))
    this.#steps.set(number, step)
    return step
  }

  /** Those that the read itself wakes have left by the time it ends. */
  #finish(step: Step): void {
    if (this.#steps.get(step.number) === step) this.#steps.delete(step.number)
    this.#parts.refresh().then(
      () => endInTurn([...step.held], { kind: 'time' }),
      (error: unknown) => endInTurn([...step.held], { kind: 'failed', error }),
    )
  }

  #forget(held: Held): void {
    const { step, verifier } = held
    step.held.delete(held)
    if (this.#byVerifier.get(verifier) === held) this.#byVerifier.delete(verifier)
    if (step.held.size > 0 || this.#steps.get(step.number) !== step) return
    step.cancel()
    this.#steps.delete(step.number)
  }

  supersede(verifier: string): void {
    this.#byVerifier.get(verifier)?.end({ kind: 'abandoned' })
  }

  advanced(): void {
    const waiting = [...this.#byVerifier.values()].filter(({ untilAdvance }) => untilAdvance)
    void endInTurn(waiting, { kind: 'advanced' })
  }

  stop(): void {
    for (const held of this.#byVerifier.values()) held.end({ kind: 'stopping' })
  }
}

const ENDED_TOGETHER = 8
/** About as many steps as an answer takes on its way out. */
const TURNS_BETWEEN = 24

/**
 * A few at a time: the first answers are on the wire while the last are still being made. Nothing else comes in
 * between, since no step of it waits for the world.
 */
async function endInTurn(waiting: readonly Held[], ending: Ending): Promise<void> {
  let ended = 0
  for (const held of waiting) {
    held.end(ending)
    ended += 1
    if (ended % ENDED_TOGETHER > 0) continue
    for (let turn = 0; turn < TURNS_BETWEEN; turn += 1) await null
  }
}
