/**
 * Checks whose outcome the verifier can know. A verifier on a busy machine answers 503 too, and honestly: its
 * lease has run out because it got no turn, or a call to the authority took longer than it waits. Such an answer
 * is asked for again. Any other 503 is a wrong answer like any other, and is given to the test.
 */
import type { Answer, CheckOptions, Program } from './program.ts'
import { LIMIT_MS, pause } from './until.ts'

/** A lease of this length, the longest that there is, does not run out where a test does not see to it. */
export const SURE_LEASE_MS = 60_000

/** A 503 that comes sooner than this was not waited for, so no call to the authority was given up. */
const GIVEN_UP_MS = 1_000

export async function decide(program: Program, options: CheckOptions, leaseMs: number): Promise<Answer> {
  const endMs = performance.now() + LIMIT_MS
  let isExcused = leaseMs < SURE_LEASE_MS
  for (;;) {
    const startedMs = performance.now()
    const answer = await program.check(options)
    if (answer.status !== 503) return answer
    // Those who ask a moment after a call was given up may be told of that one.
    isExcused ||= performance.now() - startedMs >= GIVEN_UP_MS
    if (!isExcused || performance.now() > endMs) return answer
    await pause()
  }
}
