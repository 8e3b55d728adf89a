/** Waiting for what another process does: looked at again and again, and never for longer than a test may take. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

const LIMIT_MS = 12_000
const STEP_MS = 25

/** Resolves when it is so; fails with `what` when it does not come to be. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + LIMIT_MS
  while (!(await isSo())) {
    if (performance.now() > endMs) assert.fail(`It did not come to be that ${what}.`)
    await sleep(STEP_MS)
  }
}

/** Fails unless it is so at every look, for so long. */
export async function throughout(ms: number, what: string, isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + ms
  while (performance.now() < endMs) {
    if (!(await isSo())) assert.fail(`It did not stay so that ${what}.`)
    await sleep(STEP_MS)
  }
}
