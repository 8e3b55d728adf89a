/**
 * How many requests a program makes in an hour, and whether so many are out of all proportion. Only hours with
 * requests count: a job that runs at night is quiet all day and no burst at two in the morning.
 */
import { round } from './seen.ts'

export interface Rate {
  readonly hourMs: number
  /** Requests of that hour so far. */
  readonly inHour: number
  /** Of the hours before it: how many, their mean, and the mean of their squares. */
  readonly hours: number
  readonly mean: number
  readonly square: number
}

export const NO_RATE: Rate = { hourMs: 0, inHour: 0, hours: 0, mean: 0, square: 0 }

const HOUR_MS = 3_600_000
/** Two days of work: before that, there is no history to burst against. */
const HOURS_MIN = 48
/** The newest month of work counts; what was before fades. */
const HOURS_REMEMBERED = 720
/** However even the history is, tomorrow may differ by a quarter. */
const EVENNESS_MAX = 16

export function learnRate(rate: Rate, atMs: number, count: number): Rate {
  const hourMs = Math.floor(atMs / HOUR_MS) * HOUR_MS
  // A report that comes late belongs to an hour that is closed, and changes nothing.
  if (hourMs < rate.hourMs) return rate
  if (hourMs === rate.hourMs) return { ...rate, inHour: rate.inHour + count }
  if (rate.inHour === 0) return { ...rate, hourMs, inHour: count }
  const hours = Math.min(rate.hours + 1, HOURS_REMEMBERED)
  return {
    hourMs,
    inHour: count,
    hours,
    mean: round(rate.mean + (rate.inHour - rate.mean) / hours),
    square: round(rate.square + (rate.inHour ** 2 - rate.square) / hours),
  }
}

/**
 * At most how probable it is that an hour has as many requests as this one, by its own history; null while that is
 * too short. Chernoff's bound for the negative binomial distribution with the history's mean and variance.
 */
export function tailOfBurst(rate: Rate, atMs: number, count: number): number | null {
  if (rate.hours < HOURS_MIN) return null
  const isThisHour = Math.floor(atMs / HOUR_MS) * HOUR_MS === rate.hourMs
  const requests = count + (isThisHour ? rate.inHour : 0)
  const { mean } = rate
  if (requests <= mean) return 1
  const excess = rate.square - mean ** 2 - mean
  const evenness = Math.min(EVENNESS_MAX, excess > 0 ? mean ** 2 / excess : EVENNESS_MAX)
  const own = requests * Math.log(requests / mean)
  const rest = (requests + evenness) * Math.log((requests + evenness) / (mean + evenness))
  return Math.exp(rest - own)
}
