/** Writes events to a file, page by page, so that a long log is never held as a whole. */
import type { AuditEventShape, Page } from '@countersign/protocol'

export const exportFormats = ['ndjson', 'csv'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** What a browser can well hold and a spreadsheet well open. */
export const EVENTS_MAX = 100_000

export interface Exported {
  readonly parts: readonly string[]
  readonly count: number
  /** There are more than were written. */
  readonly isCut: boolean
}

export interface ExportPorts {
  readonly readPage: (cursor: string | undefined) => Promise<Page<AuditEventShape>>
  readonly onProgress: (count: number) => void
  readonly isStopped: () => boolean
}

/** One text for each page that was read. What is stopped ends after the page that it is at. */
export async function exportEvents(format: ExportFormat, ports: ExportPorts): Promise<Exported> {
  const parts: string[] = format === 'csv' ? [`${CSV_COLUMNS.join(',')}\r\n`] : []
  let count = 0
  let cursor: string | undefined
  for (;;) {
    const { items, next_cursor: next } = await ports.readPage(cursor)
    parts.push(items.map((event) => (format === 'csv' ? toCsv(event) : toNdjson(event))).join(''))
    count += items.length
    ports.onProgress(count)
    if (next === null) return { parts, count, isCut: false }
    if (ports.isStopped() || count >= EVENTS_MAX) return { parts, count, isCut: true }
    cursor = next
  }
}

export const toNdjson = (event: AuditEventShape): string => `${JSON.stringify(event)}\n`

export const CSV_COLUMNS = [
  'at',
  'id',
  'type',
  'outcome',
  'actor_kind',
  'actor_id',
  'actor_credential',
  'target_kind',
  'target_id',
  'address',
  'request_id',
  'details',
  'chain_position',
] as const

/** RFC 4180. */
export function toCsv(event: AuditEventShape): string {
  const { actor, target, chain } = event
  const cells = [
    event.at,
    event.id,
    event.type,
    event.outcome,
    actor.kind,
    actor.id,
    actor.credential,
    target?.kind,
    target?.id,
    event.address,
    event.request_id,
    JSON.stringify(event.details),
    chain?.position,
  ]
  return `${cells.map(toCell).join(',')}\r\n`
}

/** Spreadsheets run what begins like a formula, and others write into this log (ASVS 1.2.10). */
function toCell(value: string | number | null | undefined): string {
  const text = value === null || value === undefined ? '' : `${value}`
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
