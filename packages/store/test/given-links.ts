/** Links that tests begin with, and their use with defaults that succeed. */
import type { Account, LinkDraft, Store } from '@countersign/core'
import type { Bench } from './bench.ts'
import { change, MINUTE, makeEvent, makeText, NOW } from './given.ts'
import { makeMail } from './given-mails.ts'

export const makeLink = (account: Account, over: Partial<LinkDraft> = {}): LinkDraft => ({
  digest: makeText('link'),
  purpose: 'reset_password',
  accountId: account.id,
  email: account.email,
  createdAtMs: NOW,
  expiresAtMs: NOW + 30 * MINUTE,
  ...over,
})

export function openLink(
  { store }: Bench,
  account: Account,
  link: LinkDraft = makeLink(account),
): Promise<boolean> {
  return store.openLink({ link, mails: [makeMail(account, { kind: 'reset_password' })], audit: makeEvent() })
}

/** Answers its digest. */
export async function givenLink(
  bench: Bench,
  account: Account,
  over: Partial<LinkDraft> = {},
): Promise<string> {
  const link = makeLink(account, over)
  if (!(await openLink(bench, account, link))) throw new Error('The link was not opened.')
  return link.digest
}

export function resetPassword(
  { store }: Bench,
  account: Account,
  linkDigest: string,
  over: Partial<Parameters<Store['resetPassword']>[0]> = {},
): ReturnType<Store['resetPassword']> {
  return store.resetPassword({
    linkDigest,
    account: account.id,
    from: 'hash',
    to: 'new hash',
    checkedAtMs: null,
    mails: [makeMail(account, { kind: 'password_changed' })],
    ...change(),
    ...over,
  })
}
