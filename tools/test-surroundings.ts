// Brings up what a test run needs beyond Node: one real Postgres for all files, and programs of the system. What cannot be had is
// returned as a skip, with the way to get it.

import { spawnSync } from 'node:child_process'
import { startPostgres } from './postgres.ts'
import { findProgram, howToGet, PROGRAMS, type ProgramName, programsAskedFor } from './programs.ts'
import type { Skip } from './test-skips.ts'

const VARIABLE = 'COUNTERSIGN_TEST_POSTGRES'

/** The run's Postgres, if there is one. `stop` is safe to call more than once. */
export type RunPostgres = { readonly skips: readonly Skip[]; stop(): Promise<void> }

/** Starts a Postgres and passes its URL to the tests in COUNTERSIGN_TEST_POSTGRES, unless that names one already. */
export async function bringUpPostgres(): Promise<RunPostgres> {
  if (process.env[VARIABLE]) return { skips: [], stop: async () => {} }
  try {
    const server = await startPostgres()
    process.env[VARIABLE] = server.url
    return { skips: [], stop: () => server.stop() }
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    const remedy = `"npm ci --include=optional", "apt-get install postgresql", or set ${VARIABLE} to the URL of a server of yours`
    return {
      skips: [{ what: 'everything on Postgres', reason: `${cause}\n    ${remedy}` }],
      stop: async () => {},
    }
  }
}

/**
 * Finds, and if allowed installs, the programs that the test files ask for.
 *
 * @returns What is still missing.
 */
export function bringUpPrograms(sources: readonly string[], mayInstall: boolean): Skip[] {
  const isMissing = (name: ProgramName): boolean => findProgram(name) === undefined
  const missing = programsAskedFor(sources).filter(isMissing)
  if (missing.length > 0 && mayInstall) install(missing)
  return missing
    .filter(isMissing)
    .map((name) => ({ what: `everything with ${name}`, reason: howToGet(name) }))
}

// A failure here is no error: what is missing afterwards is reported as such.
function install(names: readonly ProgramName[]): void {
  if (process.getuid?.() !== 0 || findProgram('apt-get') === undefined) return
  const packages = names.map((name) => PROGRAMS[name].debianPackage)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    spawnSync('apt-get', args, { env, stdio: ['ignore', 'inherit', 'inherit'] })
  }
}
