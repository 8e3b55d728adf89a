/**
 * A bounded memory of what an account was seen with. Each use adds one to a weight that halves every so many
 * days, so that what is not used any more is forgotten by itself and a place visited once does not stay
 * trusted for ever.
 */

/** A tuple, since a profile holds about a hundred of them and is read with each sign-in. */
export type Seen = readonly [key: string, weight: number, firstMs: number, lastMs: number]

export const DAY_MS = 86_400_000
const HALF_LIFE_MS = 30 * DAY_MS
/** Below it, forgotten: seen once, after 130 days; seen daily, after about 280. */
const WEIGHT_KNOWN = 0.05
const WEIGHT_MAX = 30

export function isKnown(list: readonly Seen[], key: string | null, nowMs: number): boolean {
  return key !== null && trustIn(list, key, nowMs) >= WEIGHT_KNOWN
}

/** How much of its weight is left; 0 for what was never seen. */
export function trustIn(list: readonly Seen[], key: string, nowMs: number): number {
  const seen = list.find(([name]) => name === key)
  return seen === undefined ? 0 : weightNow(seen, nowMs)
}

/** When it was last used; 0 for what was never seen. */
export function lastMsIn(list: readonly Seen[], key: string): number {
  return list.find(([name]) => name === key)?.[3] ?? 0
}

export function see(list: readonly Seen[], key: string | null, nowMs: number, max: number): readonly Seen[] {
  if (key === null) return list
  const before = list.find(([name]) => name === key)
  const others = list.filter(([name]) => name !== key)
  const weight = before === undefined ? 1 : Math.min(weightNow(before, nowMs) + 1, WEIGHT_MAX)
  const seen: Seen = [key, round(weight), before?.[2] ?? nowMs, Math.max(nowMs, before?.[3] ?? 0)]
  if (others.length < max) return [...others, seen]
  const weakest = others.reduce((least, one) =>
    weightNow(one, nowMs) < weightNow(least, nowMs) ? one : least,
  )
  return [...others.filter((one) => one !== weakest), seen]
}

function weightNow([, weight, , lastMs]: Seen, nowMs: number): number {
  return weight * decay(nowMs - lastMs, HALF_LIFE_MS)
}

/** What is left after so long; times that go backwards, as clocks do, leave everything. */
export function decay(elapsedMs: number, halfLifeMs: number): number {
  return 2 ** (-Math.max(0, elapsedMs) / halfLifeMs)
}

/** Stored numbers keep three decimals: more is noise and longer. */
export function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
