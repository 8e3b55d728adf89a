/** Changes of an address, with defaults that succeed. */
import type { Account, QueuedMail, Store } from '@countersign/core'
import type { Bench } from './bench.ts'
import { change, makeEvent, makeText, NOW } from './given.ts'
import { makeLink } from './given-links.ts'
import { makeMail } from './given-mails.ts'

/** Answers the digest of the link. */
export async function beginEmailChange(
  { store }: Bench,
  account: Account,
  newEmail = `${makeText('new')}@example.com`,
): Promise<string> {
  const link = { ...makeLink(account), purpose: 'change_email', newEmail } as const
  await store.beginEmailChange({
    link,
    fresh: [makeMail(account, { kind: 'change_email' })],
    known: [makeMail(account, { kind: 'email_taken' })],
    notice: [makeMail(account, { kind: 'email_change_asked' })],
    audit: makeEvent(),
  })
  return link.digest
}

export const completeEmailChange = (
  { store }: Bench,
  account: Account,
  linkDigest: string,
  email = `${makeText('moved')}@example.com`,
  mails: readonly QueuedMail[] = [makeMail(account, { kind: 'email_changed' })],
): ReturnType<Store['completeEmailChange']> =>
  store.completeEmailChange({
    linkDigest,
    account: account.id,
    email,
    mails,
    ...change(),
  })

export const verifyEmail = ({ store }: Bench, account: Account, linkDigest: string): Promise<boolean> =>
  store.verifyEmail({ linkDigest, account: account.id, nowMs: NOW, audit: makeEvent() })
