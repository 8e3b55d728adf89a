/**
 * JSON documents of other people's servers, kept for a while: as long as their own `Cache-Control` says, within
 * bounds of ours. Many who need the same one at once wait for one call, and a failure is remembered for a moment, so
 * that whoever sends us bad requests cannot make us send as many.
 */
import type { Clock } from '@countersign/core'
import { parseStrictJson } from '@countersign/protocol'
import type { Outbound, OutboundFailure } from './ports.ts'

export type DocumentAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: OutboundFailure | 'bad_status' | 'bad_document' }

export interface Documents {
  /** `again`: what is kept was not enough, as when it lacks a key that somebody has signed with. */
  read(url: string, options?: { readonly again?: boolean }): Promise<DocumentAnswer>
}

export const DOCUMENTS_MAX = 1000
export const KEPT_SECONDS_MIN = 60
export const KEPT_SECONDS_MAX = 3600
const KEPT_SECONDS = 300
/** Within this time nothing is asked for a second time, whatever it was that came. */
export const PAUSE_SECONDS = 15

interface Kept {
  readonly answer: DocumentAnswer
  readonly fetchedAtMs: number
  readonly keptSeconds: number
}

export function createDocuments(outbound: Outbound, clock: Pick<Clock, 'monotonicMs'>): Documents {
  const kept = new Map<string, Kept>()
  const asking = new Map<string, Promise<DocumentAnswer>>()

  const keep = (url: string, one: Kept): void => {
    kept.delete(url)
    kept.set(url, one)
    const [oldest] = kept.keys()
    if (kept.size > DOCUMENTS_MAX && oldest !== undefined) kept.delete(oldest)
  }
  const ask = async (url: string): Promise<DocumentAnswer> => {
    const asked = await fetchDocument(outbound, url)
    const before = kept.get(url)
    const fetchedAtMs = clock.monotonicMs()
    // A document that still counts is not lost because its server was away when somebody wanted a newer one.
    if (!asked.answer.ok && before?.answer.ok && isKept(before, fetchedAtMs)) return before.answer
    keep(url, { ...asked, fetchedAtMs })
    return asked.answer
  }
  return {
    read(url, { again = false } = {}) {
      const known = kept.get(url)
      const nowMs = clock.monotonicMs()
      if (known !== undefined && (again ? isFresh(known, nowMs) : isKept(known, nowMs)))
        return Promise.resolve(known.answer)
      const underWay = asking.get(url) ?? ask(url).finally(() => asking.delete(url))
      asking.set(url, underWay)
      return underWay
    },
  }
}

const isKept = ({ fetchedAtMs, keptSeconds }: Kept, nowMs: number): boolean =>
  nowMs - fetchedAtMs < keptSeconds * 1000

const isFresh = ({ fetchedAtMs }: Kept, nowMs: number): boolean => nowMs - fetchedAtMs < PAUSE_SECONDS * 1000

async function fetchDocument(
  outbound: Outbound,
  url: string,
): Promise<{ answer: DocumentAnswer; keptSeconds: number }> {
  const refuse = (reason: Extract<DocumentAnswer, { ok: false }>['reason']) => ({
    answer: { ok: false, reason } as const,
    keptSeconds: PAUSE_SECONDS,
  })
  const got = await outbound.request(url)
  if (!got.ok) return refuse(got.reason)
  if (got.status !== 200) return refuse('bad_status')
  const parsed = parseStrictJson(got.text)
  if (!parsed.ok) return refuse('bad_document')
  return { answer: { ok: true, value: parsed.value }, keptSeconds: secondsOf(got.cacheControl) }
}

/** RFC 9111 §5.2.2.1; where the server says nothing, or not to keep it, we keep it shortly all the same. */
function secondsOf(cacheControl: string | null): number {
  const [, seconds] = /(?:^|[\s,])max-age=(\d{1,10})(?:$|[\s,])/i.exec(cacheControl ?? '') ?? []
  if (/no-store|no-cache/i.test(cacheControl ?? '')) return KEPT_SECONDS_MIN
  const wanted = seconds === undefined ? KEPT_SECONDS : Number(seconds)
  return Math.min(Math.max(wanted, KEPT_SECONDS_MIN), KEPT_SECONDS_MAX)
}
