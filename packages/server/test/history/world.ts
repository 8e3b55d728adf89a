/**
 * The simulated world's time: events in order, one at a time, and after each of them everything that the code
 * under test does by itself before it would wait for the world again.
 */

export interface WorldEvent {
  readonly atMs: number
  cancel(): void
}

interface Scheduled extends WorldEvent {
  readonly number: number
  run: (() => void) | null
}

export class World {
  #nowMs = 0
  #number = 0
  #events = 0
  readonly #heap: Scheduled[] = []

  /** True time, which no process of the world can read. */
  get nowMs(): number {
    return this.#nowMs
  }

  /** How many events there have been. */
  get events(): number {
    return this.#events
  }

  after(ms: number, run: () => void): WorldEvent {
    return this.at(this.#nowMs + Math.max(0, ms), run)
  }

  at(atMs: number, run: () => void): WorldEvent {
    this.#number += 1
    const scheduled: Scheduled = {
      atMs: Math.max(atMs, this.#nowMs),
      number: this.#number,
      run,
      cancel: () => {
        scheduled.run = null
      },
    }
    push(this.#heap, scheduled)
    return scheduled
  }

  async run(untilMs: number): Promise<void> {
    for (;;) {
      const event = pop(this.#heap)
      if (event === undefined || event.atMs > untilMs) {
        if (event !== undefined) push(this.#heap, event)
        this.#nowMs = untilMs
        return
      }
      if (event.run === null) continue
      this.#nowMs = event.atMs
      this.#events += 1
      event.run()
      await settle()
    }
  }
}

/**
 * Resolves when every promise that could settle by itself has done so. Ticks run after all microtasks; the
 * second one comes after microtasks that were begun by other ticks than the first.
 */
async function settle(): Promise<void> {
  await new Promise<void>((resolve) => process.nextTick(resolve))
  await new Promise<void>((resolve) => process.nextTick(resolve))
}

const isBefore = (left: Scheduled, right: Scheduled): boolean =>
  left.atMs < right.atMs || (left.atMs === right.atMs && left.number < right.number)

function push(heap: Scheduled[], item: Scheduled): void {
  let index = heap.length
  while (index > 0) {
    const parentIndex = (index - 1) >> 1
    const parent = heap[parentIndex]
    if (parent === undefined || isBefore(parent, item)) break
    heap[index] = parent
    index = parentIndex
  }
  heap[index] = item
}

function pop(heap: Scheduled[]): Scheduled | undefined {
  const first = heap[0]
  const last = heap.pop()
  if (first === undefined || last === undefined || heap.length === 0) return first
  let index = 0
  for (;;) {
    let childIndex = index * 2 + 1
    let child = heap[childIndex]
    if (child === undefined) break
    const right = heap[childIndex + 1]
    if (right !== undefined && isBefore(right, child)) {
      child = right
      childIndex += 1
    }
    if (!isBefore(child, last)) break
    heap[index] = child
    index = childIndex
  }
  heap[index] = last
  return first
}
