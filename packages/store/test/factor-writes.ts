/** The part of `writes.ts` that is about second factors and tickets. */
import type { Account, Session } from '@countersign/core'
import type { Bench } from './bench.ts'
import { givenAccount, givenSession, makeEvent, makeSession, NOW } from './given.ts'
import {
  byCode,
  byTotp,
  confirm,
  givenFactor,
  givenTicket,
  HASHES,
  makeDraft,
  makeFactor,
  makeTicket,
  offer,
  raise,
  remove,
  takeTry,
} from './given-factors.ts'
import {
  add,
  givenChallenge,
  givenPasskey,
  givenRegistration,
  makePasskey,
  makeSealed,
  makeUse,
} from './given-passkeys.ts'

/** `crowded` has sessions over a cap of one; `session` is one of its own account. */
export async function factorWritesOf(
  bench: Bench,
  { crowded }: { crowded: Account },
): Promise<Record<string, readonly (() => Promise<unknown>)[]>> {
  const { store } = bench
  const stepping = await givenAccount(bench)
  const session: Session = await givenSession(bench, stepping)
  const own = await givenFactor(bench, stepping)
  const factor = await givenFactor(bench, crowded)
  const offered = makeFactor(stepping)
  const tickets = [await givenTicket(bench, crowded), await givenTicket(bench, crowded)]
  const stepUp = await givenTicket(bench, stepping, { purpose: 'step_up', sessionId: session.id })
  const { position } = await store.readHead()
  const draft = () => ({ ...makeDraft(makeSession(crowded, { issuedPosition: position })), sessionsMax: 1 })
  const asked = makeSealed()
  const known = await givenPasskey(bench, crowded)
  const registration = await givenRegistration(bench, stepping)
  const stale = await givenChallenge(bench, 'factor')
  return {
    openChallenge: [() => givenChallenge(bench, 'factor')],
    spendChallenge: [() => store.spendChallenge(stale), () => store.spendChallenge(makeSealed())],
    addPasskey: [() => add(bench, stepping, registration, makePasskey(stepping))],
    renamePasskey: [
      () => store.renamePasskey({ account: crowded.id, id: known.id, name: 'another', audit: makeEvent() }),
    ],
    signInWithPasskey: [() => store.signInWithPasskey({ ...draft(), use: makeUse(known, asked, 2) })],
    openTicket: [
      () => store.openTicket({ digest: 'written', ticket: makeTicket(stepping), audit: makeEvent() }),
    ],
    takeTry: [() => takeTry(bench, tickets[0] ?? '')],
    completeSignIn: [
      () =>
        store.completeSignIn({
          ...draft(),
          ticketDigest: tickets[0] ?? '',
          proof: byTotp(factor, NOW),
          enrolment: makeEvent(),
        }),
      () =>
        store.completeSignIn({
          ...draft(),
          ticketDigest: tickets[1] ?? '',
          proof: byCode(3),
          enrolment: null,
        }),
    ],
    completeStepUp: [() => raise(bench, session, stepUp, byTotp(own, NOW))],
    offerFactor: [() => offer(bench, offered)],
    confirmFactor: [() => confirm(bench, offered)],
    replaceRecoveryCodes: [
      () =>
        store.replaceRecoveryCodes({
          account: stepping.id,
          hashes: HASHES,
          nowMs: NOW,
          audit: makeEvent(),
        }),
    ],
    reopenFactors: [() => store.reopenFactors(stepping.id, makeEvent())],
    removeFactor: [() => remove(bench, own), () => remove(bench, factor)],
  }
}
