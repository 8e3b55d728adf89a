/** Chance of a history: everything that is drawn comes from one seed, so that a history can be run again. */

export interface Random {
  /** 0 up to, not including, 1. */
  next(): number
  between(min: number, max: number): number
  /** A whole number; both ends count. */
  whole(min: number, max: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  /** Mostly small, sometimes several times the mean: how long things take, and how far apart they come. */
  around(mean: number): number
  /** `length` characters of `a-z 0-9` without those that look alike. */
  name(length: number): string
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

export function createRandom(seed: number): Random {
  const next = sfc32(seed)
  const whole = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    between: (min, max) => min + next() * (max - min),
    whole,
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[whole(0, items.length - 1)]
      if (item === undefined) throw new Error('There is nothing to pick from.')
      return item
    },
    around: (mean) => -Math.log(1 - next()) * mean,
    name: (length) => Array.from({ length }, () => ALPHABET[whole(0, 31)]).join(''),
  }
}

/** Small Fast Counter, 32 bits (Chris Doty-Humphrey, PractRand): passes the usual batteries, 128 bits of state. */
function sfc32(seed: number): () => number {
  let [a, b, c, counter] = [0x9e3779b9, seed | 0, Math.floor(seed / 2 ** 32) | 0, 1]
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }
  for (let round = 0; round < 20; round += 1) next()
  return next
}
