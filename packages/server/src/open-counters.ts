/** What limits count with: the memory of this process, and a Redis beside it where one is set. */
import type { Context } from '@countersign/core'
import { Secret } from '@countersign/protocol'
import { createLimiter } from '@countersign/verifier/guards'
import type { Counters } from './adapters/counters.ts'
import type { Logger } from './adapters/logger.ts'
import type { Config } from './config.ts'

export interface OpenedCounters {
  readonly counters: Counters
  /** Null where no Redis is set. */
  readonly isShared: (() => boolean) | null
  close(): void
}

export async function openCounters(
  { redis }: Pick<Config, 'redis'>,
  {
    clock,
    secrets,
  }: { readonly clock: Context['clock']; readonly secrets: Pick<Context['secrets'], 'digest'> },
  logger: Logger,
): Promise<OpenedCounters> {
  const memory = createLimiter(clock)
  if (redis === null) return { counters: memory, isShared: null, close: () => undefined }
  const { openSharedCounters } = await import('./adapters/shared-counters.ts')
  const counters = await openSharedCounters({
    url: redis,
    memory,
    clock,
    digest: (key) => secrets.digest(new Secret(`counter ${key}`)),
    onChange: (change, error) => {
      if (change === 'lost') logger.warn({ event: 'redis_away_counting_alone', request: null, error })
      else logger.info({ event: 'redis_back_counting_together', request: null })
    },
  })
  return { counters, isShared: counters.isShared, close: () => counters.close() }
}
