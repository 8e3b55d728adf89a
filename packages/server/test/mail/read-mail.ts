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

/** The link of the last message to an address that has one. Of messages of one moment either may come first. */
export async function linkTo(to: Pick<Inside, 'services'>, email: string): Promise<FoundLink> {
  const texts = (await mailTo(to, email)).map(({ text }) => text)
  const found = texts.map((text) => /https?:\/\/\S+#(\w+)/.exec(text)).findLast((match) => match !== null)
  const [url = '', ticket = ''] = found ?? []
  assert.match(ticket, /^[0-9A-Za-z]{43}$/, texts.join('\n'))
  return { url, ticket }
}
