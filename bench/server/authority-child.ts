/**
 * The process that is measured: a real authority as `serve` starts it, and beside it the bare forms of what it
 * does, so that both sides see the same weather.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig, serve } from '@countersign/server'
import { openBareHash } from './bare-hash.ts'
import { readBusy } from './busy.ts'
import { answer, numberOf } from './child.ts'
import { openCommits } from './commits.ts'
import { openLoopMonitor } from './loop-monitor.ts'
import { openMemoryMonitor } from './memory.ts'
import { findFreePort } from './ports.ts'

const OFF = 'dangerously-off'

const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'authority-'))
const port = await findFreePort()
const environment = {
  COUNTERSIGN_DATA: folder,
  COUNTERSIGN_PORT: String(port),
  COUNTERSIGN_HOST: '127.0.0.1',
  COUNTERSIGN_RATE_LIMIT_SIGN_IN: OFF,
  COUNTERSIGN_RATE_LIMIT_SIGN_IN_ACCOUNT: OFF,
  COUNTERSIGN_SIGN_IN_NETWORK_FAILURES: '1000000',
  COUNTERSIGN_RATE_LIMIT_SIGN_UP: OFF,
  COUNTERSIGN_RATE_LIMIT_TOKEN: OFF,
}
const parsed = await loadConfig(environment, folder)
if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'))
const server = await serve(parsed.config)
const commits = await openCommits(folder)
const bareHash = await openBareHash()
const loop = openLoopMonitor()
const memory = openMemoryMonitor()

answer(
  {
    ports: () => ({ port }),
    busy: readBusy,
    signAndCommit: async (input) => ({
      operations: await commits.run(
        numberOf(input, 'tasks'),
        performance.now() + numberOf(input, 'durationMs'),
      ),
    }),
    hash: async (input) => ({
      operations: await bareHash(numberOf(input, 'tasks'), performance.now() + numberOf(input, 'durationMs')),
    }),
    watchLoop: () => loop.start(),
    longestStall: () => ({ ms: loop.stop() }),
    watchMemory: () => memory.start(),
    peakMemory: () => memory.stop(),
  },
  async () => {
    loop.stop()
    memory.stop()
    await commits.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  },
)
