/** What the authority costs: warm requests, tokens, sign-ins, starting and idling. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchResult } from './measure.ts'
import { benchMe } from './server/me.ts'
import { benchPackages } from './server/packages.ts'
import { benchSignIns } from './server/sign-ins.ts'
import { benchStartUp } from './server/start-up.ts'
import { benchTokens } from './server/tokens.ts'

/** Takes about two minutes and cleans up after itself. */
export async function benchServer(): Promise<BenchResult[]> {
  // Beside the code and not in the system's temporary folder, which may be memory, where syncing is free.
  const results = join(import.meta.dirname, 'results')
  mkdirSync(results, { recursive: true })
  const folder = mkdtempSync(join(results, 'server-'))
  try {
    return [
      ...(await benchMe(folder)),
      ...(await benchTokens(folder)),
      ...(await benchSignIns(folder)),
      ...(await benchStartUp(folder)),
      benchPackages(),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) console.table(await benchServer())
