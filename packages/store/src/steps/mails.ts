/** Putting messages into the outbox, which the transactions do that cause them. */
import type { QueuedMail } from '@countersign/core'
import { run, type Script } from '../script.ts'
import { insertMail } from '../statements/mails.ts'

/** Before the log is appended to, as all that is not the log. */
export function* writeMails(mails: readonly QueuedMail[] = []): Script<void> {
  for (const { id, kind, accountId, sealed, createdAtMs, expiresAtMs } of mails) {
    yield* run(insertMail, id, kind, accountId, sealed, createdAtMs, expiresAtMs)
  }
}
