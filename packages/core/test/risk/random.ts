/** Chance that can be repeated: the simulated people of one seed are always the same. */

export interface Random {
  /** From 0 to below 1. */
  next(): number
  /** True with this probability. */
  chance(share: number): boolean
  between(min: number, max: number): number
  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number
  pick<T>(list: readonly T[]): T
  /** The first is picked most often, the second half as often, the third a third, as markets are shared. */
  pickZipf<T>(list: readonly T[]): T
  /** Around `median`; one in six is below `median / spread`, one in six above `median * spread`. */
  lognormal(median: number, spread: number): number
  /** Time to the next of events that come `rate` times per unit, by themselves. */
  wait(rate: number): number
}

export function createRandom(seed: number): Random {
  const next = mulberry32(seed)
  const whole = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  const at = <T>(list: readonly T[], index: number): T => {
    const found = list[index]
    if (found === undefined) throw new RangeError('There is nothing to pick from.')
    return found
  }
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  return {
    next,
    chance: (share) => next() < share,
    between: (min, max) => min + next() * (max - min),
    whole,
    pick: (list) => at(list, whole(0, list.length - 1)),
    pickZipf: (list) => {
      let left = next() * list.reduce((sum, _, index) => sum + 1 / (index + 1), 0)
      for (const [index, one] of list.entries()) {
        left -= 1 / (index + 1)
        if (left < 0) return one
      }
      return at(list, list.length - 1)
    },
    lognormal: (median, spread) => median * spread ** normal(),
    wait: (rate) => (rate <= 0 ? Number.POSITIVE_INFINITY : -Math.log(1 - next()) / rate),
  }
}

/** Two seeds in one: the hundredth person of a seed does not depend on how many came before. */
export function mixSeeds(seed: number, index: number): number {
  let mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d)
  return (mixed ^ (mixed >>> 13)) >>> 0
}

function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
