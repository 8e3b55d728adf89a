/**
 * Beginning a new epoch of the revocation log, by whoever holds the database: after a restore or a failover
 * that may have lost commits, revocations are lost as well, so nothing that was issued before is worth anything.
 */
import { SYSTEM } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import { makeAudit } from '../make.ts'
import type { LogHead } from '../revocations/revocation.ts'

const EPOCH_BYTES = 12

/** Whoever follows the log learns of it there, drops all that it knew, and refuses tokens of other epochs. */
export async function beginNewEpoch(
  context: Pick<Context, 'random'> & { readonly store: Pick<Context['store'], 'readHead' | 'startEpoch'> },
  facts: RequestFacts,
): Promise<{ before: LogHead; after: LogHead }> {
  const before = await context.store.readHead()
  const bytes = context.random.bytes(EPOCH_BYTES)
  const epoch = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const audit = makeAudit(context, facts, {
    type: 'epoch.started',
    actor: SYSTEM,
    details: { epoch, before: before.epoch, position: before.position },
  })
  return { before, after: await context.store.startEpoch(epoch, audit) }
}
