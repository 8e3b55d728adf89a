/** Sign-ups that wait for their link, with defaults that succeed. */
import type { Account, Store, WaitingSignUp } from '@countersign/core'
import type { Bench } from './bench.ts'
import { HOUR, makeAccount, makeEvent, makeText, NOW } from './given.ts'
import { makeMail } from './given-mails.ts'

/** Answers it as it waits. */
export async function givenSignUp(
  { store }: Bench,
  over: Partial<WaitingSignUp> = {},
): Promise<WaitingSignUp> {
  const signUp: WaitingSignUp = {
    digest: makeText('sign-up'),
    email: `${makeText('person')}@example.com`,
    name: 'A Person',
    passwordHash: 'hash',
    createdAtMs: NOW,
    expiresAtMs: NOW + HOUR,
    ...over,
  }
  const mail = (kind: 'confirm_sign_up' | 'sign_up_repeated') => [
    makeMail(makeAccount(), { kind, accountId: null }),
  ]
  await store.beginSignUp({
    signUp,
    fresh: mail('confirm_sign_up'),
    known: mail('sign_up_repeated'),
    audit: makeEvent(),
  })
  return signUp
}

export function completeSignUp(
  { store }: Bench,
  signUp: WaitingSignUp,
  over: Partial<Account> = {},
): ReturnType<Store['completeSignUp']> {
  return store.completeSignUp({
    digest: signUp.digest,
    account: makeAccount({ email: signUp.email, emailVerifiedAtMs: NOW, ...over }),
    passwordHash: signUp.passwordHash,
    roles: ['member'],
    nowMs: NOW,
    audit: makeEvent(),
  })
}
