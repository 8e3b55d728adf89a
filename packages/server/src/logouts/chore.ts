/** The chore that tells clients of ended sessions: what has ended by itself, what the log says, then what is due. */
import {
  deliverLogouts,
  endLapsed,
  LOGOUT_BATCH,
  type LogoutSettlement,
  type LogoutTeller,
  markLogouts,
  type RequestFacts,
} from '@countersign/core'
import type { Services } from '../services.ts'

export function createLogoutChore(
  services: Pick<Services, 'core' | 'metrics' | 'logger' | 'isStopping'>,
  teller: LogoutTeller,
  factsAt: (nowMs: number) => RequestFacts,
): () => Promise<void> {
  const { core, metrics, logger } = services
  /** Up to here this node has looked; the cursor that counts is in the store. */
  let seen = -1

  const mark = async (): Promise<void> => {
    const { position } = await core.store.readHead()
    if (position === seen) return
    while (!services.isStopping() && (await markLogouts(core, core.clock.nowMs())));
    if (!services.isStopping()) seen = position
  }
  const note = (settlement: LogoutSettlement): void => {
    metrics.logout(settlement.kind)
    if (settlement.kind !== 'later' && settlement.kind !== 'failed') return
    logger.warn({ event: `logout_${settlement.kind}_${settlement.reason}`, request: 'tell_clients' })
  }
  return async () => {
    while (!services.isStopping() && (await endLapsed(core, factsAt(core.clock.nowMs()))));
    await mark()
    for (;;) {
      const settled = await deliverLogouts(core, teller, factsAt(core.clock.nowMs()))
      for (const settlement of settled) note(settlement)
      if (settled.length < LOGOUT_BATCH || services.isStopping()) return
    }
  }
}
