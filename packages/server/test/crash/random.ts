/** Chance that can be repeated: tests print the seed, and `COUNTERSIGN_TEST_SEED` plays it again. */
import { randomInt } from 'node:crypto'
import type { TestContext } from 'node:test'

export interface Random {
  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number
  pick<T>(list: readonly T[]): T
  /** True in so many of a hundred cases. */
  percent(share: number): boolean
}

const SEED_MAX = 2 ** 31

/** The seed of this run, printed with the test's result. */
export function testSeed(t: Pick<TestContext, 'diagnostic'>): number {
  const seed = Number(process.env.COUNTERSIGN_TEST_SEED ?? randomInt(SEED_MAX))
  t.diagnostic(`COUNTERSIGN_TEST_SEED=${seed}`)
  return seed
}

export function seededRandom(t: Pick<TestContext, 'diagnostic'>): Random {
  const next = mulberry32(testSeed(t))
  const between = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  return {
    between,
    pick: (list) => {
      const found = list[between(0, list.length - 1)]
      if (found === undefined) throw new RangeError('There is nothing to pick from.')
      return found
    },
    percent: (share) => next() * 100 < share,
  }
}

/** Numbers from 0 to below 1: small, fast, and even enough for choosing moments. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
