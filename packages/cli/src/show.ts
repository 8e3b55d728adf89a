/** How answers look: JSON when asked for; on a terminal a table for people; otherwise lines of tab-separated text. */
import { toPrintable } from '@countersign/client'
import type { Page } from '@countersign/protocol'
import type { Terminal } from './terminal.ts'

export interface Column<T> {
  readonly title: string
  readonly value: (row: T) => string | null
}

/** A page of a list. The cursor of the next page goes to standard error, so that lines stay lines. */
export function showPage<T>(terminal: Terminal, page: Page<T>, columns: readonly Column<T>[]): void {
  if (terminal.json) {
    terminal.out(JSON.stringify(page))
    return
  }
  if (terminal.isTty) {
    terminal.out(
      page.items.length === 0 ? terminal.style.dim('(none)') : renderTable(terminal, page.items, columns),
    )
  } else {
    for (const row of page.items) terminal.out(columns.map((column) => toCell(column.value(row))).join('\t'))
  }
  if (page.next_cursor !== null) terminal.err(`There is more: --cursor ${toPrintable(page.next_cursor)}`)
}

/** One thing: `json` as it is, or labelled lines for people. */
export function showRecord(terminal: Terminal, json: object, rows: readonly Row[]): void {
  if (terminal.json) {
    terminal.out(JSON.stringify(json))
    return
  }
  terminal.out(renderRecord(terminal, rows))
}

export type Row = readonly [label: string, value: string | null]

export function renderRecord(terminal: Terminal, rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([label]) => label.length))
  return rows
    .map(([label, value]) =>
      terminal.isTty
        ? `  ${terminal.style.dim(label.padEnd(width))}  ${toCell(value) || terminal.style.dim('–')}`
        : `${label}\t${toCell(value)}`,
    )
    .join('\n')
}

function renderTable<T>(terminal: Terminal, items: readonly T[], columns: readonly Column<T>[]): string {
  const rows = items.map((row) => columns.map((column) => toCell(column.value(row)) || '–'))
  const titles = columns.map((column) => column.title)
  const widths = titles.map((title, index) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[index] ?? ''))),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd()
  return [terminal.style.dim(line(titles)), ...rows.map(line)].join('\n')
}

/** Names and addresses are chosen by strangers. */
const toCell = (value: string | null): string => (value === null ? '' : toPrintable(value))

const widthOf = (text: string): number => [...text].length

/** RFC 3339 as people read it. */
export function toWhen(time: string | null): string | null {
  return time === null ? null : time.replace('T', ' ').replace(/\.\d+Z$/, 'Z')
}

export const toList = (values: readonly string[]): string | null =>
  values.length === 0 ? null : values.join(', ')
