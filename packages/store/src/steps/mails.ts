/** Putting messages into the outbox, which the transactions do that cause them. */
import type { LinkDraft, QueuedMail } from '@countersign/core'
import { run, type Script } from '../script.ts'
import { insertLink } from '../statements/links.ts'
import { insertMail } from '../statements/mails.ts'
import { insertNotMeLink } from '../statements/not-me.ts'

/** Before the log is appended to, as all that is not the log. A link that cannot be kept is not sent. */
export function* writeMails(mails: readonly QueuedMail[] = []): Script<void> {
  for (const { id, kind, accountId, sealed, createdAtMs, expiresAtMs, link } of mails) {
    if (link !== undefined && (yield* keepLink(link)) === 0) continue
    yield* run(insertMail, id, kind, accountId, sealed, createdAtMs, expiresAtMs)
  }
}

function* keepLink(link: LinkDraft): Script<number> {
  const { digest, purpose, accountId, email, createdAtMs, expiresAtMs, sessionId = null } = link
  const values = [accountId ?? '', email, createdAtMs, expiresAtMs, link.newEmail ?? null]
  return purpose === 'not_me'
    ? yield* run(insertNotMeLink, digest, ...values, sessionId)
    : yield* run(insertLink, digest, purpose, ...values)
}
