/**
 * How surprising something new is for this very account. To somebody whose provider hands out another network
 * each day, or who browses privately, new things are daily bread and say little; for others they say much.
 */
import { DAY_MS, decay, round } from './seen.ts'

/** How often each of these was new, of all that was learned; both forget. */
export type Novelty = Readonly<Record<NoveltyKind, number>> & { readonly all: number; readonly atMs: number }
export type NoveltyKind = 'network' | 'provider' | 'country' | 'device' | 'agent' | 'travel'

const HALF_LIFE_MS = 60 * DAY_MS
/** What is assumed of an account nobody knows yet: so many sign-ins, one in about twelve with something new. */
const PRIOR_COUNT = 10
const PRIOR_NEW = 0.8
/** A share of one in a hundred and below is as surprising as can be. */
const SHARE_LEAST = 0.01

export const NO_NOVELTY: Novelty = {
  network: 0,
  provider: 0,
  country: 0,
  device: 0,
  agent: 0,
  travel: 0,
  all: 0,
  atMs: 0,
}

export function learnNovelty(
  before: Novelty,
  isNew: Readonly<Record<NoveltyKind, boolean>>,
  atMs: number,
): Novelty {
  const aged = decay(atMs - before.atMs, HALF_LIFE_MS)
  const next = (kind: NoveltyKind): number => round(before[kind] * aged + (isNew[kind] ? 1 : 0))
  return {
    network: next('network'),
    provider: next('provider'),
    country: next('country'),
    device: next('device'),
    agent: next('agent'),
    travel: next('travel'),
    all: round(before.all * aged + 1),
    atMs: Math.max(atMs, before.atMs),
  }
}

/** From 0, where it is always so, to 1, where it never was: on the scale of the share's logarithm. */
export function surpriseOf(novelty: Novelty, kind: NoveltyKind): number {
  const share = (novelty[kind] + PRIOR_NEW) / (novelty.all + PRIOR_COUNT)
  return Math.min(1, Math.max(0, Math.log(share) / Math.log(SHARE_LEAST)))
}
