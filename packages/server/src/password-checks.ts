/** What new passwords are looked up in and estimated with. Nothing is opened or started before the first question. */
import type { Clock, Context } from '@countersign/core'
import { systemTimers } from './adapters/timers.ts'
import { createBreachedPasswords } from './breach/breached-passwords.ts'
import type { Config } from './config.ts'
import { createEstimator } from './strength/estimator.ts'

export interface PasswordChecks {
  readonly ports: Pick<Context, 'breachedPasswords' | 'passwordEstimator'>
  close(): Promise<void>
}

export function createPasswordChecks(config: Config, clock: Clock): PasswordChecks {
  const { breachedPasswordsUrl: url, breachedPasswordsTimeoutMs: timeoutMs } = config
  const estimator = createEstimator(systemTimers)
  return {
    ports: {
      breachedPasswords:
        url === null
          ? null
          : createBreachedPasswords({ url: new URL(url), timeoutMs, timers: systemTimers }, clock),
      passwordEstimator: estimator,
    },
    close: () => estimator.close(),
  }
}
