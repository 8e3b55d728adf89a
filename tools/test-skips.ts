// Gathers what a test run did not test, so that it cannot be overlooked: skipped and unfinished tests, files without a test, and
// whatever the surroundings could not offer.

import { relative } from 'node:path'
import type { EventData, TestsStream } from 'node:test'

/** One thing that was not tested, with the reason or the way to get it. */
export type Skip = { readonly what: string; readonly reason: string }

/** Whether all tests passed; known once the stream has ended. */
export type Outcome = { success?: boolean }

/** Listens to a run and adds to `skips` whatever was not tested. */
export function collectSkips(stream: TestsStream, root: string, skips: Skip[]): Outcome {
  const outcome: Outcome = {}
  stream.on('test:pass', (data) => {
    const reason = findReason(data)
    if (reason !== undefined) skips.push({ what: describe(data, root), reason })
  })
  stream.on('test:summary', (data) => {
    // One summary for each file, and a last one for the whole run, which names no file.
    if (data.file === undefined) outcome.success = data.success
  })
  return outcome
}

/** Prints the block of skipped things; nothing, when there are none. */
export function printSkips(skips: readonly Skip[], strict: boolean): void {
  if (skips.length === 0) return
  const line = '='.repeat(80)
  const rows = skips.map((skip) => `  ${skip.what}\n    ${skip.reason}`)
  const verdict = strict ? 'This run fails because of it.' : 'With CI=true or --strict this run would fail.'
  console.log(`\n${line}\nSKIPPED: ${skips.length} not tested. ${verdict}\n\n${rows.join('\n')}\n${line}`)
}

function findReason(data: EventData.TestPass): string | undefined {
  if (data.skip !== undefined) return typeof data.skip === 'string' ? data.skip : 'no reason given'
  if (data.todo !== undefined) return typeof data.todo === 'string' ? data.todo : 'marked as "todo"'
  return isEmptyFile(data) ? 'a file without a test' : undefined
}

// A file in which nothing was tested passes as one test that bears the file's path.
const isEmptyFile = (data: EventData.TestPass): boolean => data.nesting === 0 && data.name === data.file

function describe(data: EventData.TestPass, root: string): string {
  if (data.file === undefined) return data.name
  const file = relative(root, data.file)
  return isEmptyFile(data) ? file : `${file}: ${data.name}`
}
