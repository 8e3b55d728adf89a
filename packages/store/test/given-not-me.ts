/** Sign-ins that were not their owner's, with defaults that succeed. */
import type { Account, LinkDraft, Store } from '@countersign/core'
import type { SessionId } from '@countersign/protocol'
import type { Bench } from './bench.ts'
import { change, DAY, makeEvent, makeText, NOW } from './given.ts'
import { makeMail } from './given-mails.ts'

/** A notice with a link by which the owner says that it was not them, written beside a change; answers its digest. */
export async function givenNotMeLink(
  { store }: Bench,
  account: Account,
  sessionId: SessionId | null,
  over: Partial<LinkDraft> = {},
): Promise<string> {
  const link: LinkDraft = {
    digest: makeText('not me'),
    purpose: 'not_me',
    accountId: account.id,
    email: account.email,
    sessionId,
    createdAtMs: NOW,
    expiresAtMs: NOW + 7 * DAY,
    ...over,
  }
  const other = makeText('beside')
  await store.openLink({
    link: { ...link, digest: other, purpose: 'reset_password' },
    mails: [makeMail(account, { link })],
    audit: makeEvent(),
  })
  return link.digest
}

type Disowning = Parameters<Store['disownSession']>[0]

export const disown = (
  { store }: Bench,
  account: Account,
  session: SessionId | null,
  over: Partial<Disowning> = {},
): ReturnType<Store['disownSession']> =>
  store.disownSession({
    account: account.id,
    session,
    linkDigest: null,
    restore: null,
    password: 'erase',
    unlearned: null,
    mails: [],
    ...change(),
    ...over,
  })
