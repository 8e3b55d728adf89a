/** The part of `writes.ts` that is about passwords. */
import type { Bench } from './bench.ts'
import { givenAccount, givenSession } from './given.ts'
import { FAILURES } from './given-factors.ts'
import { changePassword } from './given-passwords.ts'

export async function passwordWritesOf(
  bench: Bench,
): Promise<Record<string, readonly (() => Promise<unknown>)[]>> {
  const { store } = bench
  const account = await givenAccount(bench)
  const session = await givenSession(bench, account)
  await givenSession(bench, account)
  return {
    takePasswordTry: [() => store.takePasswordTry({ account: account.id, failuresMax: FAILURES })],
    changePassword: [
      () => changePassword(bench, account, { renewed: { session: session.id, digest: 'renewed' } }),
    ],
  }
}
