/** Tells once that a kind of call has begun to fail, and once that it works again. */
import type { AuthorityCall, VerifierEvent } from '../verifier-types.ts'

/** Runs the work and passes on what becomes of it. */
export type Trouble = <T>(call: AuthorityCall, work: () => Promise<T>) => Promise<T>

export function createTrouble(tell: (event: VerifierEvent) => void): Trouble {
  const failing = new Set<AuthorityCall>()
  return async (call, work) => {
    try {
      const done = await work()
      if (failing.delete(call)) tell({ kind: 'call_works', call })
      return done
    } catch (error) {
      if (!failing.has(call)) tell({ kind: 'call_failed', call, problem: toProblem(error) })
      failing.add(call)
      throw error
    }
  }
}

/** `fetch` hides the reason behind its own error. */
function toProblem(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
