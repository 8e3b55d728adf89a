/** Spreads calls over turns of the event loop, so that their steps fall between one another differently each time. */
import { setImmediate } from 'node:timers/promises'

/** Begins `work` after so many turns; 0 begins it at once. */
export async function afterTurns<T>(turns: number, work: () => Promise<T>): Promise<T> {
  for (let turn = 0; turn < turns; turn += 1) await setImmediate()
  return work()
}
