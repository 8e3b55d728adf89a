/** Something that can wait until the browser has nothing else to do; once, and not at all for who saves data. */
import { useEffect, useRef } from 'react'

/** Whoever is busy for longer than this gets it all the same. */
const WAIT_MS_MAX = 4_000

export function useIdle(run: () => void): void {
  const first = useRef(run)
  useEffect(() => {
    if (isSavingData()) return
    // Safari knows no idle callbacks.
    if (typeof requestIdleCallback !== 'function') {
      const timer = setTimeout(first.current, WAIT_MS_MAX)
      return () => clearTimeout(timer)
    }
    const id = requestIdleCallback(first.current, { timeout: WAIT_MS_MAX })
    return () => cancelIdleCallback(id)
  }, [])
}

function isSavingData(): boolean {
  const connection: unknown = Reflect.get(navigator, 'connection')
  return typeof connection === 'object' && connection !== null && Reflect.get(connection, 'saveData') === true
}
