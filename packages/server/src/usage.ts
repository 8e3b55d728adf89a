/**
 * Uses of sessions and API keys, gathered in memory and written in batches: a write per request would cost
 * more than the request. What is lost in a crash is the last few seconds of "last used" and of the counts.
 */

import { type HourOfUse, type SessionStore, toHourMs, type Use } from '@countersign/core'
import type { ApiKeyId, ServiceAccountId, SessionId } from '@countersign/protocol'
import type { Verdict } from '@countersign/verifier'

export interface Usage {
  /** A credential is used here: its last use moves. */
  record(verdict: Verdict, nowMs: number, address: string | null): void
  /** A request was answered here: it counts for its API key, if it came by one. */
  count(verdict: Verdict, answered: Answered): void
  /** A verifier has reported uses, and may speak about these credentials. */
  report(uses: readonly Use[], reportedBy: ServiceAccountId | null): void
  /** Writes what was gathered. Failed batches are kept for the next time. */
  flush(): Promise<void>
  /** True while a use of that session or key waits to be written. */
  isWaiting(id: string): boolean
}

export interface Answered {
  readonly route: string
  /** Refused although the credential is good: not permitted, too often, from a foreign site. */
  readonly isRefused: boolean
  readonly atMs: number
  readonly address: string | null
}

interface Seen {
  atMs: number
  address: string | null
  count: number
}

type Hour = { -readonly [K in keyof HourOfUse]: HourOfUse[K] } & { readonly id: ApiKeyId }

/** More than this between two flushes is not gathered: the rows are hot anyway. */
const PENDING_MAX = 50_000

interface Batch {
  readonly sessions: Map<SessionId, Seen>
  readonly apiKeys: Map<ApiKeyId, Seen>
  /** By key, hour, reporter and route. */
  readonly hours: Map<string, Hour>
}

const emptyBatch = (): Batch => ({ sessions: new Map(), apiKeys: new Map(), hours: new Map() })

export function createUsage(store: Pick<SessionStore, 'recordUse'>): Usage {
  let gathered = emptyBatch()
  let writing: { readonly batch: Batch; readonly done: Promise<void> } | null = null

  const write = async (batch: Batch): Promise<void> => {
    try {
      const { sessions, apiKeys, hours } = batch
      await store.recordUse({
        sessions: toRows(sessions),
        apiKeys: toRows(apiKeys),
        hours: [...hours.values()],
      })
    } catch (error) {
      restore(batch, gathered)
      throw error
    } finally {
      writing = null
    }
  }
  const flush = async (): Promise<void> => {
    // A batch on its way is not written yet: whoever asks for a flush reads what it has written.
    while (writing !== null) await writing.done.catch(() => undefined)
    const batch = gathered
    if (batch.sessions.size + batch.apiKeys.size + batch.hours.size === 0) return
    gathered = emptyBatch()
    writing = { batch, done: write(batch) }
    await writing.done
  }
  return {
    record: (verdict, atMs, address) => {
      for (const node of verdict.credential.path) {
        if (node.kind === 'session')
          note(gathered.sessions, node.id as SessionId, { atMs, address, count: 1 })
        else if (node.kind === 'api_key')
          note(gathered.apiKeys, node.id as ApiKeyId, { atMs, address, count: 1 })
      }
    },
    count: (verdict, answered) => {
      const node = verdict.credential.path.find(({ kind }) => kind === 'api_key')
      if (node !== undefined) addHour(gathered.hours, toHour(node.id as ApiKeyId, answered))
    },
    report: (uses, reportedBy) => {
      for (const use of uses) takeReport(gathered, use, reportedBy)
    },
    flush,
    isWaiting: (id) => isIn(gathered, id) || (writing !== null && isIn(writing.batch, id)),
  }
}

function takeReport(batch: Batch, use: Use, reportedBy: ServiceAccountId | null): void {
  const { credential, route, count, refused, lastAtMs, address } = use
  // What was only refused is no use, and moves no deadline.
  const seen = count > 0 ? { atMs: lastAtMs, address, count } : null
  if (credential.kind === 'session') {
    if (seen !== null) note(batch.sessions, credential.id, seen)
    return
  }
  const { id } = credential
  if (seen !== null) note(batch.apiKeys, id, seen)
  const hourMs = toHourMs(lastAtMs)
  addHour(batch.hours, { id, hourMs, route, reportedBy, count, refused, lastAtMs, lastAddress: address })
}

const toHour = (id: ApiKeyId, { route, isRefused, atMs, address }: Answered): Hour => ({
  id,
  hourMs: toHourMs(atMs),
  route,
  reportedBy: null,
  count: isRefused ? 0 : 1,
  refused: isRefused ? 1 : 0,
  lastAtMs: atMs,
  lastAddress: address,
})

const isIn = ({ sessions, apiKeys }: Batch, id: string): boolean =>
  sessions.has(id as SessionId) || apiKeys.has(id as ApiKeyId)

/** Reports come in late and in any order: the last use is the latest. */
function note<I>(seen: Map<I, Seen>, id: I, use: Seen): void {
  const known = seen.get(id)
  if (known === undefined) {
    if (seen.size < PENDING_MAX) seen.set(id, use)
    return
  }
  known.count += use.count
  if (use.atMs < known.atMs) return
  known.atMs = use.atMs
  known.address = use.address ?? known.address
}

function addHour(hours: Map<string, Hour>, hour: Hour): void {
  const key = `${hour.id} ${hour.hourMs} ${hour.reportedBy ?? ''} ${hour.route}`
  const known = hours.get(key)
  if (known === undefined) {
    if (hours.size < PENDING_MAX) hours.set(key, hour)
    return
  }
  known.count += hour.count
  known.refused += hour.refused
  if (hour.lastAtMs < known.lastAtMs) return
  known.lastAtMs = hour.lastAtMs
  known.lastAddress = hour.lastAddress ?? known.lastAddress
}

function toRows<I>(seen: Map<I, Seen>): { id: I; atMs: number; address: string | null; count: number }[] {
  return [...seen].map(([id, use]) => ({ id, ...use }))
}

function restore(from: Batch, to: Batch): void {
  for (const [id, use] of from.sessions) note(to.sessions, id, use)
  for (const [id, use] of from.apiKeys) note(to.apiKeys, id, use)
  for (const hour of from.hours.values()) addHour(to.hours, hour)
}
