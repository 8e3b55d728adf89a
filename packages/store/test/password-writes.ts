/** The part of `writes.ts` that is about passwords. */
import type { Bench } from './bench.ts'
import { change, givenAccount, givenSession, makeEvent, NOW } from './given.ts'
import { byTotp, FAILURES, givenFactor, makeTicket } from './given-factors.ts'
import {
  changePassword,
  completeChange,
  givenPasswordTicket,
  HASH,
  requireChange,
} from './given-passwords.ts'

export async function passwordWritesOf(
  bench: Bench,
): Promise<Record<string, readonly (() => Promise<unknown>)[]>> {
  const { store } = bench
  const account = await givenAccount(bench)
  const session = await givenSession(bench, account)
  await givenSession(bench, account)
  const due = await givenAccount(bench)
  await givenSession(bench, due)
  const ticket = await givenPasswordTicket(bench, due)
  const enrolling = await givenAccount(bench)
  const enrol = await givenPasswordTicket(bench, enrolling)
  const proving = await givenAccount(bench)
  const factor = await givenFactor(bench, proving)
  const proven = await givenPasswordTicket(bench, proving)
  const last = await givenAccount(bench)
  await givenSession(bench, last)
  return {
    takePasswordTry: [() => store.takePasswordTry({ account: account.id, failuresMax: FAILURES })],
    changePassword: [
      () => changePassword(bench, account, { renewed: { session: session.id, digest: 'renewed' } }),
    ],
    recordPasswordCheck: (['clear', 'breached'] as const).map(
      (found) => () =>
        store.recordPasswordCheck({
          account: last.id,
          passwordHash: HASH,
          found,
          requireChange: true,
          nowMs: NOW,
          audit: makeEvent(),
        }),
    ),
    takePasswordTicket: [
      () => store.takePasswordTicket({ digests: [ticket.digest], triesMax: 20, nowMs: NOW }),
    ],
    completePasswordChange: [
      () => completeChange(bench, due, ticket),
      () =>
        completeChange(bench, enrolling, enrol, {
          next: {
            kind: 'ticket',
            draft: { digest: 'next', ticket: makeTicket(enrolling), audit: makeEvent() },
          },
        }),
    ],
    exchangeTicket: [
      () =>
        store.exchangeTicket({
          ticketDigest: proven.digest,
          ticket: proven.ticket,
          proof: byTotp(factor, NOW),
          next: { digest: 'exchanged', ticket: makeTicket(proving), audit: makeEvent() },
          nowMs: NOW,
        }),
    ],
    requirePasswordChange: [
      () => store.requirePasswordChange({ account: last.id, keepSessions: false, ...change() }),
      () => requireChange(bench, due, true),
    ],
  }
}
