// How long the files of a run take: the long ones are begun first, so that the last ones to end are short and all workers end together;
// and the ten slowest are told at the end, so that a file that has become slow is seen.

import { relative, resolve } from 'node:path'
import type { TestsStream } from 'node:test'

const TOLD_MAX = 10

/**
 * Parts of the paths of files that take long, the longest first; but beside the one that holds promises against real time stand
 * those that leave it most of a core. A file that is not named runs after them, in the order of names.
 */
const SLOW = [
  'packages/server/test/history/real/',
  'packages/server/test/history/history.test',
  'packages/cli/test/serve.test',
  'packages/cli/test/usage.test',
  'packages/server/test/crash/',
  'packages/console/test/loading.test',
  'packages/console/test/console-pictures.test',
  'packages/server/test/history/',
  'conformance/verifier/',
  'packages/console/test/',
  'packages/cli/test/administration.test',
  'packages/server/test/chromium/',
  'packages/server/test/access.test',
  'tools/docs/examples.test',
  'examples/demo/',
  'packages/server/test/processes/',
  'packages/server/test/postgres/',
  'packages/server/test/races/',
]

/** What one file took, from the start of its process to its end. */
export type FileTime = { readonly file: string; readonly durationMs: number }

/** The same files, those that take long first. */
export function orderBySlowest(files: readonly string[]): string[] {
  const rankOf = (file: string): number => {
    const rank = SLOW.findIndex((part) => file.includes(part))
    return rank === -1 ? SLOW.length : rank
  }
  return files.toSorted((one, other) => rankOf(one) - rankOf(other))
}

/** Listens to a run; the list is whole once the stream has ended. */
export function collectTimes(stream: TestsStream, root: string): readonly FileTime[] {
  const times: FileTime[] = []
  stream.on('test:complete', ({ nesting, name, file, details }) => {
    // Each file is a test of the runner's own, which bears its path; the tests in it bear sentences.
    if (nesting !== 0 || file === undefined || resolve(root, name) !== file) return
    times.push({ file: relative(root, file), durationMs: details.duration_ms })
  })
  return times
}

/** The ten slowest files with their seconds, as a block to print; empty for a single file, which says its time itself. */
export function describeSlowest(times: readonly FileTime[]): string {
  if (times.length <= 1) return ''
  const slowest = times.toSorted((one, other) => other.durationMs - one.durationMs).slice(0, TOLD_MAX)
  const rows = slowest.map(
    ({ file, durationMs }) => `  ${(durationMs / 1000).toFixed(1).padStart(6)}  ${file}\n`,
  )
  return `\nThe slowest of ${times.length} files, in seconds:\n${rows.join('')}`
}
