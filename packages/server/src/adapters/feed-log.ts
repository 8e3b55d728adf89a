/** What the feed tells operators: a log that went backwards above all, since revocations are lost then. */
import type { FeedEvent } from '../feed/ports.ts'
import type { Logger } from './logger.ts'

export function logFeedEvent(logger: Logger, event: FeedEvent): void {
  switch (event.kind) {
    case 'log_went_backwards':
    case 'poll_beyond_head':
      logger.error({ event: event.kind, request: 'feed' })
      break
    case 'follow_failed':
    case 'report_failed':
      logger.error({ event: event.kind, request: 'feed', error: event.error })
      break
    case 'bus_lost':
      logger.warn({ event: event.kind, request: 'feed' })
      break
    case 'bus_listening':
      logger.info({ event: event.kind, request: 'feed' })
      break
  }
}
