/** One node's connections to the simulated database: queries that take time or fail, and the bus (NOTIFY). */
import { type Bus, type BusListener, StoreUnavailable } from '@countersign/core'
import type { Database } from './database.ts'
import type { SimProcess } from './process.ts'
import type { Random } from './random.ts'
import type { Troubles } from './troubles.ts'
import type { World } from './world.ts'

/** What everybody publishes goes to everybody who listens, in the order of the commits. */
export interface Exchange {
  readonly listeners: Set<(text: string) => void>
}

export interface StoreLine {
  readonly bus: Bus
  query<T>(run: (database: Database) => T): Promise<T>
  delayMs: number
  /** How many queries fail, before or after their commit, and how many are slow. */
  failing: number
  slow: number
  slowMs: number
  /** `quick` is told at once; `hanging` only after seconds. The answer mends it. */
  cut(how: 'quick' | 'hanging'): () => void
  /** From now on nothing can be published, though everything else works; the answer ends it. */
  mute(): () => void
  /** Ends the listening connection, at first without anybody seeing it; it comes back by itself. */
  loseBus(unseenMs: number, awayMs: number): void
}

export interface StoreLineParts {
  readonly world: World
  readonly random: Random
  readonly troubles: Troubles
  readonly database: Database
  readonly exchange: Exchange
  readonly process: SimProcess
}

/** After this long a query on a line that is cut has failed. */
const HANGING_MS = 2_500
const SLOW_MS = 250
const LISTEN_AGAIN_MS = 500

export const placeOf = (node: string): string => `${node}|store`

export function createStoreLine(parts: StoreLineParts): StoreLine {
  return new SimStoreLine(parts)
}

class SimStoreLine implements StoreLine {
  readonly #parts: StoreLineParts
  readonly #place: string
  readonly #cuts = new Set<'quick' | 'hanging'>()
  #listener: BusListener | null = null
  #hear: ((text: string) => void) | null = null
  #cutCount = 0
  #isMute = false
  delayMs = 0.4
  failing = 0
  slow = 0
  slowMs = 0

  constructor(parts: StoreLineParts) {
    this.#parts = parts
    this.#place = placeOf(parts.process.name)
    parts.process.onDeath(() => this.#deafen())
  }

  query<T>(run: (database: Database) => T): Promise<T> {
    const { world, random, troubles, database, process } = this.#parts
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const fail = (ms: number): void => {
      const error = new StoreUnavailable('The database cannot be reached.')
      world.after(ms, () => process.receive(() => reject(error)))
    }
    const isFailing = this.failing > 0 && random.chance(this.failing)
    if (isFailing) troubles.note(this.#place, 'query failed')
    const failsFirst = isFailing && random.chance(0.5)
    if (this.#failAsCut(fail)) return promise
    if (failsFirst) {
      fail(random.between(0, 3))
      return promise
    }
    const cutsBefore = this.#cutCount
    world.after(this.#delayMs(), () => {
      if (this.#cutCount !== cutsBefore && this.#failAsCut(fail)) return
      // A transaction that has reached the database is committed, whether or not its node lives to hear of it.
      let value: T
      try {
        value = run(database)
      } catch {
        return fail(1)
      }
      if (isFailing) return fail(random.between(0, 3))
      world.after(this.#delayMs(), () => {
        if (this.#cutCount === cutsBefore) process.receive(() => resolve(value))
        else if (!this.#failAsCut(fail)) fail(1)
      })
    })
    return promise
  }

  #failAsCut(fail: (ms: number) => void): boolean {
    if (this.#cuts.size === 0) return false
    fail(this.#cuts.has('hanging') ? HANGING_MS : this.#parts.random.between(0, 2))
    return true
  }

  #delayMs(): number {
    const { random, troubles, world } = this.#parts
    let ms = 0.05 + Math.min(random.around(this.delayMs), 20 * this.delayMs)
    if (this.slow > 0 && random.chance(this.slow)) ms += random.between(0, this.slowMs)
    if (ms > SLOW_MS) world.after(ms, troubles.begin(this.#place, 'query slow'))
    return ms
  }

  cut(how: 'quick' | 'hanging'): () => void {
    const end = this.#parts.troubles.begin(this.#place, `cut off from the store (${how})`)
    this.#cuts.add(how)
    this.#cutCount += 1
    this.#loseListener(how === 'quick' ? 0 : HANGING_MS)
    return () => {
      this.#cuts.delete(how)
      // What hung then goes on hanging.
      this.#parts.world.after(how === 'hanging' ? HANGING_MS : 0, end)
    }
  }

  mute(): () => void {
    const end = this.#parts.troubles.begin(this.#place, 'cannot publish')
    this.#isMute = true
    return () => {
      this.#isMute = false
      end()
    }
  }

  readonly bus: Bus = {
    publish: (texts) =>
      this.query(() => {
        if (this.#isMute) throw new StoreUnavailable('Nothing can be published.')
        for (const text of texts) for (const hear of this.#parts.exchange.listeners) hear(text)
      }),
    listen: (listener) => {
      this.#listener = listener
      this.#listen()
    },
    close: async () => this.#deafen(),
  }

  #listen(): void {
    const { exchange, process, world, random, troubles } = this.#parts
    const end = troubles.begin(this.#place, 'not listening')
    const begin = (): void => {
      let lastAtMs = 0
      const carry = (run: () => void): void => {
        // One connection: nothing on it overtakes anything.
        lastAtMs = Math.max(lastAtMs + 0.001, world.nowMs + 0.05 + random.around(this.delayMs))
        world.at(lastAtMs, () => process.receive(() => this.#hear === hear && run()))
      }
      const hear = (text: string): void => carry(() => this.#listener?.onMessage(text))
      this.#deafen()
      this.#hear = hear
      exchange.listeners.add(hear)
      carry(() => this.#listener?.onListening())
      end()
    }
    this.query(begin).catch(() => {
      end()
      this.#listenLater(LISTEN_AGAIN_MS)
    })
  }

  #listenLater(ms: number): void {
    const { world, process, random } = this.#parts
    if (process.isAlive) world.after(ms + random.between(0, 200), () => process.receive(() => this.#listen()))
  }

  #deafen(): void {
    if (this.#hear !== null) this.#parts.exchange.listeners.delete(this.#hear)
  }

  /** From now on nothing is heard; that this is so is seen later. */
  #loseListener(unseenMs: number, awayMs = LISTEN_AGAIN_MS): void {
    const { world, process } = this.#parts
    const lost = this.#hear
    if (lost === null) return
    this.#deafen()
    world.after(unseenMs, () =>
      process.receive(() => {
        if (this.#hear !== lost) return
        this.#hear = null
        this.#listener?.onLost()
        this.#listenLater(awayMs)
      }),
    )
  }

  loseBus(unseenMs: number, awayMs: number): void {
    const { troubles, world } = this.#parts
    const end = troubles.begin(this.#place, 'bus lost')
    world.after(unseenMs + awayMs, end)
    this.#loseListener(unseenMs, awayMs)
  }
}
