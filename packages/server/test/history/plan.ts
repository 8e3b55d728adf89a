/** What kind of history a seed stands for: how many processes, which times, how much goes wrong. */
import type { NodePolicy } from './authority.ts'
import type { Random } from './random.ts'

export interface Plan {
  readonly seed: number
  readonly nodes: number
  readonly verifiers: number
  readonly durationMs: number
  readonly policy: NodePolicy
  /** Long enough for entries to be pruned. */
  readonly retention: boolean
  /** Milliseconds between two of each. */
  readonly checkEveryMs: number
  readonly issueEveryMs: number
  readonly revokeEveryMs: number
  /** Faults that begin and end, and how much each line loses, delays and doubles all the time. */
  readonly episodes: number
  readonly noise: number
}

/** `focused`: about two nodes and a few faults of one kind, and nothing that takes long. */
export function drawPlan(seed: number, random: Random, focused: boolean, nodesWanted: number | null): Plan {
  const drawn = random.chance(0.65) || focused ? 2 : 1
  const nodes = nodesWanted ?? drawn
  const retention = random.chance(0.08) && !focused
  const isShort = retention || random.chance(0.15)
  const leaseMs = random.pick([1_000, 2_000, 2_000, 3_000, 5_000])
  const style = random.next()
  return {
    seed,
    nodes,
    verifiers: random.whole(1, 3),
    durationMs: retention ? 105_000 : random.between(16_000, 27_000),
    policy: {
      leaseMs,
      lifetimeSeconds: isShort ? random.whole(8, 14) : 900,
      // Clocks that nobody sets drift apart by a second in the longest histories.
      leewaySeconds: isShort ? random.whole(2, 3) : 30,
      verdictSeconds: isShort ? random.whole(4, 10) : 60,
    },
    retention,
    checkEveryMs: retention ? 300 : 60,
    issueEveryMs: retention ? 900 : 250,
    revokeEveryMs: retention ? 3_500 : 1_200,
    episodes: focused ? 4 : style < 0.15 ? 0 : random.whole(1, retention ? 10 : 5),
    noise: style > 0.8 && !focused ? random.between(0.001, 0.05) : 0,
  }
}
