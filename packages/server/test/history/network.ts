/**
 * The simulated network: requests and answers that take time, get lost, come twice, overtake each other, and
 * connections that break. Every pair of processes has a line of its own.
 */
import type { SimProcess } from './process.ts'
import type { Random } from './random.ts'
import type { Troubles } from './troubles.ts'
import type { World } from './world.ts'

/** How a line behaves. Changed by faults while the history runs. */
export interface Line {
  /** Typical milliseconds of one way. */
  delayMs: number
  /** How many of its messages get lost, need up to `slowMs`, and come twice. */
  lost: number
  slow: number
  slowMs: number
  twice: number
  /** `silent`: messages vanish. `reset`: both sides are told. */
  cut: 'no' | 'silent' | 'reset'
}

export interface Exchange<T> {
  readonly from: SimProcess
  /** The process is null where nobody listens. */
  readonly to: { readonly name: string; readonly process: SimProcess | null }
  /** Runs at `to`. `signal` aborts when the connection is seen to be gone. */
  readonly handle: (signal: AbortSignal) => Promise<T>
  readonly signal?: AbortSignal | null
}

export interface Network {
  line(left: string, right: string): Line
  /** Rejects with a `TypeError` when the connection breaks, and with the signal's reason when it aborts. */
  exchange<T>(exchange: Exchange<T>): Promise<T>
  /** Cuts a line, together with what is on it; the answer mends it. */
  cut(left: string, right: string, how: 'silent' | 'reset'): () => void
}

/** From here on a message counts as trouble: two of these fit into any hold. */
const SLOW_MS = 250

export function createNetwork(world: World, random: Random, troubles: Troubles): Network {
  return new SimNetwork(world, random, troubles)
}

export const toLineName = (left: string, right: string): string => [left, right].sort().join('|')

class SimNetwork implements Network {
  readonly #world: World
  readonly #random: Random
  readonly #troubles: Troubles
  readonly #lines = new Map<string, Line>()
  readonly #open = new Map<string, Set<() => void>>()

  constructor(world: World, random: Random, troubles: Troubles) {
    this.#world = world
    this.#random = random
    this.#troubles = troubles
  }

  line(left: string, right: string): Line {
    const name = toLineName(left, right)
    const known = this.#lines.get(name)
    if (known !== undefined) return known
    const line: Line = { delayMs: 1, lost: 0, slow: 0, slowMs: 0, twice: 0, cut: 'no' }
    this.#lines.set(name, line)
    return line
  }

  cut(left: string, right: string, how: 'silent' | 'reset'): () => void {
    const line = this.line(left, right)
    const end = this.#troubles.begin(toLineName(left, right), `line cut (${how})`)
    line.cut = how
    if (how === 'reset') for (const reset of this.#open.get(toLineName(left, right)) ?? []) reset()
    return () => {
      line.cut = 'no'
      end()
    }
  }

  exchange<T>({ from, to: { name: target, process: to }, handle, signal = null }: Exchange<T>): Promise<T> {
    const name = toLineName(from.name, target)
    const line = this.line(from.name, target)
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    if (signal?.aborted === true) {
      reject(signal.reason)
      return promise
    }
    let isOver = false
    const gone = new AbortController()
    const settle = (run: () => void): void => {
      if (isOver) return
      isOver = true
      this.#open.get(name)?.delete(reset)
      signal?.removeEventListener('abort', abort)
      run()
    }
    const fail = (): void => from.receive(() => settle(() => reject(new TypeError('fetch failed'))))
    const reset = (): void => {
      this.#world.after(this.#random.between(0, 1), fail)
      to?.receive(() => gone.abort())
    }
    const abort = (): void => {
      settle(() => reject(signal?.reason))
      // The other side hears of it when a connection that still works says so.
      this.#carry(name, () => to?.receive(() => gone.abort()))
    }
    signal?.addEventListener('abort', abort)
    const open = this.#open.get(name) ?? new Set()
    this.#open.set(name, open.add(reset))
    from.onDeath(() => to?.receive(() => gone.abort()))
    to?.onDeath(() => this.#world.after(this.#random.between(0, 2), fail))
    const ask = (): void => {
      if (to === null || !to.isAlive) this.#carry(name, fail)
      else {
        to.receive(() => {
          // An answer that was made is on its way, whatever becomes of the process that made it.
          handle(gone.signal).then(
            (answer) => this.#carry(name, () => from.receive(() => settle(() => resolve(answer)))),
            () => this.#carry(name, fail),
          )
        })
      }
    }
    if (line.cut === 'reset') this.#world.after(0.5, fail)
    else {
      this.#carry(name, ask)
      if (line.twice > 0 && this.#random.chance(line.twice)) this.#carry(name, ask)
    }
    return promise
  }

  /** One way of one message. */
  #carry(name: string, arrive: () => void): void {
    const random = this.#random
    const line = this.#lines.get(name)
    if (line === undefined) return void this.#world.after(random.around(0.5), arrive)
    if (line.lost > 0 && random.chance(line.lost)) {
      this.#troubles.note(name, 'message lost')
      return
    }
    let ms = 0.05 + Math.min(random.around(line.delayMs), 20 * line.delayMs)
    if (line.slow > 0 && random.chance(line.slow)) ms += random.between(0, line.slowMs)
    if (ms > SLOW_MS) {
      const end = this.#troubles.begin(name, 'message delayed')
      this.#world.after(ms, end)
    }
    this.#world.after(ms, () => {
      // What was under way when the line was cut is gone as well.
      if (line.cut === 'no') arrive()
    })
  }
}
