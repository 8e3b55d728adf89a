/** The port behind limits: counters of this process's memory, or counters that nodes share, which answer later. */
import type { LimitPolicy, LimitVerdict } from '@countersign/verifier/guards'

export interface Counters {
  /** Takes `cost` points, 1 unless given; a cost of 0 only looks. Never fails: at worst this process counts alone. */
  take(key: string, policy: LimitPolicy, cost?: number): LimitVerdict | Promise<LimitVerdict>
}

/** Goes on at once where there is nothing to wait for: the warm path of a request has no promise in it. */
export function after<A, B>(value: A | Promise<A>, go: (value: A) => B | Promise<B>): B | Promise<B> {
  return value instanceof Promise ? value.then(go) : go(value)
}
