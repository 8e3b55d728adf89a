/** People who are signed in to clients that want to hear of the end, for tests, and every write about them. */
import {
  type ClaimedLogout,
  type ClientSignIn,
  endOf,
  type Grant,
  type LogoutSettlement,
  type Session,
} from '@countersign/core'
import { revoke } from './acts.ts'
import type { Bench } from './bench.ts'
import { DAY, ENTRY_EXPIRES, MINUTE, makeEvent, NOW } from './given.ts'
import { givenCode, redeem } from './given-authorizations.ts'

export const LEASE: number = MINUTE

export interface SignedIn {
  readonly session: Session
  readonly signIn: ClientSignIn
}

/** Signed in to a client of its own, by a redeemed code. */
export async function givenSignIn(
  bench: Bench,
  { told = null, ...over }: { grant?: Partial<Grant>; told?: ClientSignIn['told'] } = {},
): Promise<SignedIn> {
  const { session, code } = await givenCode(bench)
  const signIn: ClientSignIn = {
    sessionId: session.id,
    clientId: code.clientId,
    accountId: code.accountId,
    told,
    createdAtMs: NOW,
    expiresAtMs: endOf(session),
  }
  const opened = await redeem(bench, code, { signIn, ...over })
  if (opened !== 'opened') throw new Error(opened)
  return { session, signIn }
}

export const mark = ({ store }: Bench, limit = 100, nowMs: number = NOW): Promise<boolean> =>
  store.markLogouts({ nowMs, tellUntilMs: nowMs + DAY, limit })

export const claim = (
  { store }: Bench,
  nowMs: number = NOW,
  limit = 100,
): Promise<readonly ClaimedLogout[]> => store.claimLogouts({ nowMs, leasedUntilMs: nowMs + LEASE, limit })

export const settle = (
  { store }: Bench,
  { sessionId, clientId, attempt }: ClaimedLogout,
  settlement: LogoutSettlement,
  nowMs: number = NOW,
): Promise<boolean> => store.settleLogout({ sessionId, clientId, attempt, nowMs, settlement })

export async function logoutWritesOf(
  bench: Bench,
): Promise<Record<string, readonly (() => Promise<unknown>)[]>> {
  const { session } = await givenSignIn(bench)
  await revoke(bench, { kind: 'session', id: session.id })
  const lapsed = await givenSignIn(bench)
  return {
    settleLapses: [
      () =>
        bench.store.settleLapses({
          ends: [{ sessionId: lapsed.session.id, audit: makeEvent({ type: 'session.lapsed' }) }],
          looks: [],
          beforeMs: endOf(lapsed.session),
          nowMs: NOW,
          entryExpiresAtMs: ENTRY_EXPIRES,
        }),
    ],
    markLogouts: [() => mark(bench)],
    claimLogouts: [() => claim(bench)],
    settleLogout: [
      async () => {
        const [one] = await claim(bench, NOW + DAY)
        const audit = makeEvent({ type: 'client.logout_failed' })
        if (one !== undefined) await settle(bench, one, { kind: 'failed', reason: 'expired', audit })
      },
    ],
  }
}
