/** The pages with a hundred thousand people behind them: lists, changes from page to page, and the hosted sign-in page. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildConsole } from '@countersign/tools/console'
import { findProgram } from '@countersign/tools/programs'
import { benchLists } from './console/lists.ts'
import { benchPages, toSite } from './console/pages.ts'
import type { BenchResult } from './measure.ts'
import { Child } from './server/child.ts'

const PEOPLE = 100_000
/** A call of a child ends within a minute, whatever the machine. */
const FILLED_AT_ONCE = 10_000

/** Takes about two minutes, most of them for filling the database, and cleans up after itself. */
export async function benchConsole(): Promise<BenchResult[]> {
  await buildConsole()
  const results = join(import.meta.dirname, 'results')
  mkdirSync(results, { recursive: true })
  const folder = mkdtempSync(join(results, 'console-'))
  const child = Child.start('../console/authority-child.ts', { BENCH_FOLDER: folder })
  try {
    for (let from = 0; from < PEOPLE; from += FILLED_AT_ONCE) {
      await child.call('fill', { from, to: from + FILLED_AT_ONCE })
    }
    const opened = await child.call('open')
    const site = toSite(opened)
    const lists = await benchLists({ issuer: site.issuer, key: String(opened.key), people: PEOPLE })
    const program = findProgram('chromium')
    return program === undefined
      ? [...lists, withoutBrowser]
      : [...lists, ...(await benchPages(program, site))]
  } finally {
    await child.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const withoutBrowser: BenchResult = {
  name: 'console pages',
  unit: 'ms',
  ours: Number.NaN,
  theirs: null,
  ratio: null,
  target: 'in Chromium',
  met: false,
  notMeasured: 'chromium is not installed',
}

if (import.meta.main) console.table(await benchConsole())
