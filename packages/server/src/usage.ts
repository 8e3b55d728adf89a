/**
 * Uses of sessions and API keys, gathered in memory and written in batches: a write per request would cost
 * more than the request. What is lost in a crash is the last few seconds of "last used".
 */

import type { SessionStore } from '@countersign/core'
import type { ApiKeyId, SessionId } from '@countersign/protocol'
import type { Verdict } from '@countersign/verifier'

export interface Usage {
  record(verdict: Verdict, nowMs: number, address: string | null): void
  /** Writes what was gathered. Failed batches are kept for the next time. */
  flush(): Promise<void>
  /** True while a use of that session or key waits to be written. */
  isWaiting(id: string): boolean
}

interface Use {
  atMs: number
  address: string | null
  count: number
}

/** More than this between two flushes is not gathered: the rows are hot anyway. */
const PENDING_MAX = 50_000

interface Batch {
  readonly sessions: Map<SessionId, Use>
  readonly apiKeys: Map<ApiKeyId, Use>
}

export function createUsage(store: Pick<SessionStore, 'recordUse'>): Usage {
  let gathered: Batch = { sessions: new Map(), apiKeys: new Map() }
  let writing: { readonly batch: Batch; readonly done: Promise<void> } | null = null

  const write = async (batch: Batch): Promise<void> => {
    try {
      await store.recordUse({ sessions: toRows(batch.sessions), apiKeys: toRows(batch.apiKeys) })
    } catch (error) {
      restore(batch.sessions, gathered.sessions)
      restore(batch.apiKeys, gathered.apiKeys)
      throw error
    } finally {
      writing = null
    }
  }
  const flush = async (): Promise<void> => {
    // A batch on its way is not written yet: whoever asks for a flush reads what it has written.
    while (writing !== null) await writing.done.catch(() => undefined)
    const batch = gathered
    if (batch.sessions.size + batch.apiKeys.size === 0) return
    gathered = { sessions: new Map(), apiKeys: new Map() }
    writing = { batch, done: write(batch) }
    await writing.done
  }
  return {
    record: (verdict, nowMs, address) => {
      for (const node of verdict.credential.path) {
        if (node.kind === 'session') note(gathered.sessions, node.id as SessionId, nowMs, address)
        else if (node.kind === 'api_key') note(gathered.apiKeys, node.id as ApiKeyId, nowMs, address)
      }
    },
    flush,
    isWaiting: (id) => isIn(gathered, id) || (writing !== null && isIn(writing.batch, id)),
  }
}

const isIn = ({ sessions, apiKeys }: Batch, id: string): boolean =>
  sessions.has(id as SessionId) || apiKeys.has(id as ApiKeyId)

function note<I>(uses: Map<I, Use>, id: I, nowMs: number, address: string | null): void {
  const use = uses.get(id)
  if (use !== undefined) {
    use.atMs = nowMs
    use.address = address
    use.count += 1
  } else if (uses.size < PENDING_MAX) uses.set(id, { atMs: nowMs, address, count: 1 })
}

function toRows<I>(uses: Map<I, Use>): { id: I; atMs: number; address: string | null; count: number }[] {
  return [...uses].map(([id, use]) => ({ id, ...use }))
}

function restore<I>(from: Map<I, Use>, to: Map<I, Use>): void {
  for (const [id, use] of from) {
    const newer = to.get(id)
    if (newer === undefined) to.set(id, use)
    else newer.count += use.count
  }
}
