/** Timers of the process. None of them keeps it alive: whoever waits for one holds a connection that does. */
import type { Timers } from '../feed/ports.ts'

export const systemTimers: Timers = {
  set: (ms, run) => {
    const timer = setTimeout(run, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
