/**
 * Notices when the machine gives processes no turn: a lease that runs out then runs out rightly, and nobody may be
 * blamed for it. While every node answers without delay, and this process sees it, nothing is excused.
 */
import { nowMs, type Stage, sleep } from './stage.ts'

const LOOK_MS = 100
/** A quarter of the lease: a poll that takes so long leaves little of it. */
const LATE_MS = 500
/** Whoever had no turn polls at once when it has one. */
const MEND_MS = 3_000

/** Looks until `isOver`. A node that is stopped or cut off is somebody else's trouble already. */
export async function watchTurns({ nodes, troubles, notes }: Stage, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const fromMs = nowMs()
    await Promise.allSettled([sleep(LOOK_MS), ...nodes.map(({ url }) => look(url))])
    const untilMs = nowMs()
    if (untilMs - fromMs < LOOK_MS + LATE_MS) continue
    troubles.push({ fromMs, untilMs, mendMs: MEND_MS })
    notes.push({ atMs: fromMs, text: `no turn for ${(untilMs - fromMs).toFixed(0)} ms` })
  }
}

async function look(url: string): Promise<void> {
  const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(LOOK_MS + LATE_MS) })
  await response.text()
}
