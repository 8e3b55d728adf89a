/** What people find in their mail: delivered by hand into the box that is kept while no server is set. */
import assert from 'node:assert/strict'
import { deliverMails, MAIL_BATCH } from '@countersign/core'
import { systemFacts } from '../../src/chores.ts'
import type { Message } from '../../src/mail/render.ts'
import type { Inside } from '../inside.ts'

/** Everything that was written to an address so far, the oldest first. */
export async function mailTo(
  { services }: Pick<Inside, 'services'>,
  email: string,
): Promise<readonly Message[]> {
  const { core, mailer, mailbox } = services
  assert.ok(mailer && mailbox)
  while ((await deliverMails(core, mailer, systemFacts(core.clock.nowMs()))).length === MAIL_BATCH);
  return mailbox
    .list()
    .filter(({ to }) => to === email)
    .toReversed()
}

export interface FoundLink {
  readonly url: string
  /** What it ends with. */
  readonly ticket: string
}

/** The link of the last message to an address. */
export async function linkTo(to: Pick<Inside, 'services'>, email: string): Promise<FoundLink> {
  const text = (await mailTo(to, email)).at(-1)?.text ?? ''
  const [url = '', ticket = ''] = /https?:\/\/\S+#(\w+)/.exec(text) ?? []
  assert.match(ticket, /^[0-9A-Za-z]{43}$/, text)
  return { url, ticket }
}
