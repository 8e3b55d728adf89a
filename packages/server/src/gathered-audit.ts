/**
 * Audit events that report no change, gathered in memory and committed a moment later, many at once: a commit for each
 * would cost more than the token that it tells of (ADR 0042).
 */
import type { AuditEvent, GatheredAudit } from '@countersign/core'
import type { Timers } from './feed/ports.ts'

/** How long an event may wait for others. What a crash can lose is what came in within this time. */
const WAIT_MS = 50
/** So many are written at once, however short they have waited. */
const BATCH = 256
/** More than this is not gathered: the next ones wait until there is room. */
const GATHERED_MAX = 2048
/** How long after a failure what is waiting is tried again, if nobody asks for it before. */
const AGAIN_MS = 1000

/** `commit` may be given events again that it has committed. `onFailure` is told of writes that nobody waits for. */
export function createGatheredAudit(
  commit: (events: readonly AuditEvent[]) => Promise<void>,
  timers: Timers,
  onFailure: (error: unknown) => void,
): GatheredAudit {
  let gathered: AuditEvent[] = []
  let writing: Promise<void> | null = null
  let isFailing = false
  let isScheduled = false

  const write = async (batch: readonly AuditEvent[]): Promise<void> => {
    try {
      await commit(batch)
      isFailing = false
    } catch (error) {
      isFailing = true
      gathered = [...batch, ...gathered]
      throw error
    } finally {
      writing = null
    }
  }
  const flush = async (): Promise<void> => {
    // One batch at a time; whoever asks here wants to know about all that was gathered before.
    while (writing !== null) await writing.catch(() => undefined)
    if (gathered.length === 0) return
    const batch = gathered
    gathered = []
    writing = write(batch)
    await writing
  }
  const flushUnasked = (): void => {
    isScheduled = false
    flush().catch((error: unknown) => {
      onFailure(error)
      schedule(AGAIN_MS)
    })
  }
  const schedule = (ms: number): void => {
    if (isScheduled) return
    isScheduled = true
    timers.set(ms, flushUnasked)
  }
  return {
    append: async (event) => {
      if (isFailing || gathered.length >= GATHERED_MAX) await flush()
      gathered.push(event)
      if (gathered.length >= BATCH && writing === null) flushUnasked()
      else schedule(WAIT_MS)
    },
    flush,
    settle: () => flush().catch(onFailure),
  }
}
