/** What limits cost whoever is refused by them, and what a flood costs whoever is not. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { benchFlood } from './limits/flood.ts'
import { benchRefusals } from './limits/refusals.ts'
import type { BenchResult } from './measure.ts'

/** Takes about a minute and cleans up after itself. */
export async function benchLimits(): Promise<BenchResult[]> {
  const results = join(import.meta.dirname, 'results')
  mkdirSync(results, { recursive: true })
  const folder = mkdtempSync(join(results, 'limits-'))
  try {
    return [...(await benchRefusals(folder)), ...(await benchFlood(folder))]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) console.table(await benchLimits())
