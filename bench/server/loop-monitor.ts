/** The longest time in which the event loop of this process did not come round, seen by a timer of 1 ms. */

const EVERY_MS = 1

export interface LoopMonitor {
  start(): Record<string, never>
  /** The longest gap between two ticks beyond the millisecond that was asked for. */
  stop(): number
}

export function openLoopMonitor(): LoopMonitor {
  let timer: NodeJS.Timeout | undefined
  let lastMs = 0
  let longestMs = 0
  const tick = (): void => {
    const nowMs = performance.now()
    longestMs = Math.max(longestMs, nowMs - lastMs - EVERY_MS)
    lastMs = nowMs
  }
  return {
    start() {
      lastMs = performance.now()
      longestMs = 0
      timer = setInterval(tick, EVERY_MS)
      return {}
    },
    stop() {
      if (timer === undefined) return 0
      clearInterval(timer)
      timer = undefined
      // A stall that is still going on has no tick after it.
      tick()
      return longestMs
    },
  }
}
