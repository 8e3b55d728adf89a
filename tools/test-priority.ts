// Loaded into each test file before anything else: files that hold a promise against real time have a turn before all others, for
// leases of a few seconds run out rightly where a process gets none. Their processes inherit it.

import { getPriority, setPriority } from 'node:os'
import { isMainThread } from 'node:worker_threads'

/** Part of the paths of files whose processes have to answer in time. */
const IN_REAL_TIME = 'packages/server/test/history/real/'
/** Niceness, added to what the runner has. */
const STEP_BACK = 5
const NICENESS_MAX = 19

const file = (process.argv[1] ?? '').replaceAll('\\', '/')
if (isMainThread && !file.includes(IN_REAL_TIME)) {
  setPriority(Math.min(getPriority() + STEP_BACK, NICENESS_MAX))
}
