/**
 * Says that something is on the way, once for the whole page and only where it takes its time: what stands in place of
 * the content is there for the eye, and a region that comes with its text is not read out by every screen reader.
 */
import { VisuallyHidden } from '@mantine/core'
import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react'
import { useT } from '../i18n/messages.ts'

/** Whoever gets their page sooner need not hear that it was on the way. */
const QUIET_MS = 400

let waiting = 0
const listeners = new Set<() => void>()

function count(by: 1 | -1): void {
  waiting += by
  for (const listener of listeners) listener()
}

/** For what stands in place of content: as long as it is shown, something is on the way. */
export function useWaiting(): void {
  useEffect(() => {
    count(1)
    return () => count(-1)
  }, [])
}

/** There from the beginning, and empty most of the time. */
export function LoadingStatus(): ReactNode {
  const t = useT()
  const isWaiting = useSyncExternalStore(subscribe, () => waiting > 0)
  const [isSaid, setSaid] = useState(false)
  useEffect(() => {
    if (!isWaiting) {
      setSaid(false)
      return
    }
    const timer = setTimeout(() => setSaid(true), QUIET_MS)
    return () => clearTimeout(timer)
  }, [isWaiting])
  return <VisuallyHidden role="status">{isSaid && t.common.loading}</VisuallyHidden>
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
