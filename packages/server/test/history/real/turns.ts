/**
 * Notices when the machine gives processes no turn: a lease that runs out then runs out rightly, and nobody may be
 * blamed for it. While every process answers without delay, and this one sees it, nothing is excused.
 */
import { nowMs, type Stage, sleep } from './stage.ts'

const LOOK_MS = 100
/** A poll goes through all of them and some things besides, and has half of a lease of two seconds. */
const LATE_MS = 250
/** Whoever had no turn polls at once when it has one. */
const MEND_MS = 3_000

/** Looks until `isOver`. A process that is stopped or cut off is somebody else's trouble already. */
export async function watchTurns(stage: Stage, isOver: () => boolean): Promise<void> {
  const { nodes, verifiers, troubles, notes } = stage
  while (!isOver()) {
    const fromMs = nowMs()
    const urls = [
      ...nodes.map(({ url }) => `${url}/readyz`),
      ...verifiers.map(({ process }) => `${process.url}/alive`),
    ]
    await Promise.allSettled([sleep(LOOK_MS), ...urls.map(look)])
    const untilMs = nowMs()
    if (untilMs - fromMs < LOOK_MS + LATE_MS) continue
    troubles.push({ fromMs, untilMs, mendMs: MEND_MS })
    notes.push({ atMs: fromMs, text: `no turn for ${(untilMs - fromMs).toFixed(0)} ms` })
  }
}

async function look(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(LOOK_MS + LATE_MS) })
  await response.text()
}
