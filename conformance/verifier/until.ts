/** Waiting for what another process does: looked at again and again, and never for longer than a test may take. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

/** A check without a lease may wait for seconds before it says so, and there are three in a row. */
export const LIMIT_MS = 20_000
const STEP_MS = 25

/** Between two looks. */
export const pause = (): Promise<void> => sleep(STEP_MS)

/** Resolves when it is so; fails with `what` when it does not come to be. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + LIMIT_MS
  while (!(await isSo())) {
    if (performance.now() > endMs) assert.fail(`It did not come to be that ${what}.`)
    await pause()
  }
}

/** Fails unless it is so at every look, for so long. */
export async function throughout(ms: number, what: string, isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + ms
  while (performance.now() < endMs) {
    if (!(await isSo())) assert.fail(`It did not stay so that ${what}.`)
    await pause()
  }
}

/**
 * Fails unless it is so at every look that ends before a moment of the monotonic clock; what is seen later means
 * nothing. Fails also where not one look ended in time.
 */
export async function upTo(endMs: number, what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let count = 0; ; count += 1) {
    const seen = await isSo()
    if (performance.now() >= endMs) return assert.ok(count > 0, `It could not be seen whether ${what}.`)
    assert.ok(seen, `It did not stay so that ${what}.`)
    await pause()
  }
}
