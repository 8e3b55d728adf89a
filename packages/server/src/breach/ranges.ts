/** Ranges that were asked for a short while ago, and those that are being asked for: bounded in number and size. */
import type { Clock } from '@countersign/core'
import type { Range } from './range-answer.ts'

export const RANGES_MAX = 128
export const RANGE_CHARACTERS_MAX = 8_388_608
/** New leaks take days to be published. */
export const RANGE_KEPT_MS = 3_600_000

interface Kept {
  readonly range: Range
  readonly untilMs: number
}

export interface Ranges {
  read(prefix: string): Range | null
  keep(prefix: string, range: Range): void
}

export function createRanges(clock: Pick<Clock, 'monotonicMs'>): Ranges {
  // A Map remembers the order of insertion: the first one is the oldest.
  const kept = new Map<string, Kept>()
  let characters = 0
  const drop = (prefix: string): void => {
    characters -= kept.get(prefix)?.range.suffixes.length ?? 0
    kept.delete(prefix)
  }
  return {
    read(prefix) {
      const found = kept.get(prefix)
      if (found === undefined) return null
      if (clock.monotonicMs() < found.untilMs) return found.range
      drop(prefix)
      return null
    },
    keep(prefix, range) {
      drop(prefix)
      kept.set(prefix, { range, untilMs: clock.monotonicMs() + RANGE_KEPT_MS })
      characters += range.suffixes.length
      for (const oldest of kept.keys()) {
        if (kept.size <= RANGES_MAX && characters <= RANGE_CHARACTERS_MAX) break
        drop(oldest)
      }
    },
  }
}
