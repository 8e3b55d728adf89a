// Loaded into each test file before anything else: ends a file that takes too long. Node's own limit fails the test that hangs, but
// leaves its process running, and cannot interrupt an endless loop; a thread beside it can.

import { isMainThread, Worker } from 'node:worker_threads'

/** The variable that says how long a file may take, in milliseconds. */
const VARIABLE = 'COUNTERSIGN_TEST_FILE_LIMIT_MS'

/** Time for Node to report the test that hung, before its process ends. */
const REPORT_MS = 2_000

const limitMs = Number(process.env[VARIABLE])

if (isMainThread && limitMs > 0) {
  const code = `setTimeout(() => {
    require('node:fs').writeSync(2, 'This file took longer than ${limitMs} ms and was ended.\\n')
    process.kill(process.pid, 'SIGKILL')
  }, ${limitMs + REPORT_MS})`
  new Worker(code, { eval: true, execArgv: [] }).unref()
}
