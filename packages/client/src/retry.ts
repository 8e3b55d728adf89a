/**
 * Whether a failed request may be sent again, and when: only where a second sending cannot do more than the
 * first, only a few times, and never sooner than the authority asked.
 */
import { ApiProblem, AuthorityUnreachable, isRefusedUnseen } from './errors.ts'
import type { Ports } from './ports.ts'

/** How often one request is sent, the first time included. */
export const ATTEMPTS_MAX = 3
/** A longer wait is the caller's to decide about; `retryAfterSeconds` says how long it would be. */
export const RETRY_WAIT_MS_MAX = 5_000
const BACKOFF_MS = 200

/** `idempotent`: sending it twice does what sending it once does (RFC 9110 §9.2.2). */
export async function withRetries<T>(
  ports: Ports,
  idempotent: boolean,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt()
    } catch (error) {
      const waitMs = attempts < ATTEMPTS_MAX ? waitBefore(error, idempotent, attempts, ports.chance) : null
      if (waitMs === null) throw error
      await new Promise<void>((resolve) => {
        ports.after(waitMs, resolve)
      })
    }
  }
}

/** Milliseconds until the next attempt, or null when there is to be none. */
function waitBefore(
  error: unknown,
  idempotent: boolean,
  attempts: number,
  chance: () => number,
): number | null {
  if (error instanceof AuthorityUnreachable) {
    const mayRetry = idempotent && error.reason === 'network'
    // Jitter, so that a thousand clients of a restarted authority do not come back in step.
    return mayRetry ? BACKOFF_MS * 2 ** (attempts - 1) * (0.5 + chance()) : null
  }
  if (!(error instanceof ApiProblem) || error.retryAfterSeconds === null) return null
  if (error.status !== 429 && error.status !== 503) return null
  if (!idempotent && !isRefusedUnseen(error)) return null
  const waitMs = error.retryAfterSeconds * 1000
  return waitMs <= RETRY_WAIT_MS_MAX ? waitMs : null
}
