/**
 * When somebody usually signs in: a histogram over the 168 hours of the week in UTC, which wraps around,
 * smoothed over neighbouring hours and the same hour of other days, and forgotten with time. UTC is enough: a
 * habit is a habit in any zone, and who moves to another one teaches it the new hours within weeks.
 */
import { DAY_MS, decay, round } from './seen.ts'

export interface Hours {
  /** Weight by hour of the week; the week of the epoch begins on a Thursday, which no rule minds. */
  readonly weights: readonly number[]
  /** Up to when they have been aged. */
  readonly atMs: number
}

const HOUR_MS = 3_600_000
const HOURS_OF_DAY = 24
const HOURS_OF_WEEK = 168
const HALF_LIFE_MS = 45 * DAY_MS
/** Nothing is called unusual before so much has been seen. */
export const HOURS_HISTORY_MIN = 15
/** How sharply a habit is read: hours so far away still count, the less the farther. */
const REACH_HOURS = 3
/** One part of the estimate is even over the week: nobody is so regular that an hour is impossible. */
const EVEN_SHARE = 0.03

export const NO_HOURS: Hours = { weights: [], atMs: 0 }

export function learnHour(hours: Hours, atMs: number): Hours {
  const aged = decay(atMs - hours.atMs, HALF_LIFE_MS)
  const now = hourOfWeek(atMs)
  const weights = Array.from({ length: HOURS_OF_WEEK }, (_, hour) =>
    round((hours.weights[hour] ?? 0) * aged + (hour === now ? 1 : 0)),
  )
  return { weights, atMs: Math.max(atMs, hours.atMs) }
}

/**
 * How much of what this account does falls into hours that are as unusual as this one or more: 1 for its
 * busiest hour, near 0 for one in which it never shows. Null while there is too little to tell.
 */
export function tailOfHour(hours: Hours, atMs: number): number | null {
  const total = hours.weights.reduce((sum, weight) => sum + weight, 0)
  if (total * decay(atMs - hours.atMs, HALF_LIFE_MS) < HOURS_HISTORY_MIN) return null
  const density = toDensity(hours.weights, total)
  const here = density[hourOfWeek(atMs)] ?? 0
  return density.reduce((sum, share) => (share <= here + 1e-12 ? sum + share : sum), 0)
}

/** Half by hour of the week, half by hour of the day alone, both smoothed; adds up to 1. */
function toDensity(weights: readonly number[], total: number): readonly number[] {
  const byDay = Array<number>(HOURS_OF_DAY).fill(0)
  for (const [hour, weight] of weights.entries()) {
    const ofDay = hour % HOURS_OF_DAY
    byDay[ofDay] = (byDay[ofDay] ?? 0) + weight
  }
  const smoothDay = smooth(byDay)
  const days = HOURS_OF_WEEK / HOURS_OF_DAY
  return smooth(weights).map((weight, hour) => {
    const habit = (weight + (smoothDay[hour % HOURS_OF_DAY] ?? 0) / days) / (2 * total)
    return (1 - EVEN_SHARE) * habit + EVEN_SHARE / HOURS_OF_WEEK
  })
}

/** A triangle over the circle: each hour lends to its neighbours, and the sum stays what it was. */
function smooth(weights: readonly number[]): readonly number[] {
  const count = weights.length
  const norm = (REACH_HOURS + 1) ** 2
  return weights.map((_, hour) => {
    let sum = 0
    for (let away = -REACH_HOURS; away <= REACH_HOURS; away += 1) {
      sum += (REACH_HOURS + 1 - Math.abs(away)) * (weights[(hour + away + count) % count] ?? 0)
    }
    return sum / norm
  })
}

function hourOfWeek(atMs: number): number {
  return Math.floor(atMs / HOUR_MS) % HOURS_OF_WEEK
}
