/** Known devices that tests begin with, and tries of a password with defaults that succeed. */
import { type Account, type DeviceDraft, PASSWORD_WAITS, type Store } from '@countersign/core'
import type { DeviceId } from '@countersign/protocol'
import type { Bench } from './bench.ts'
import { makeId, makeSession, makeText, NOW } from './given.ts'
import { makeDraft } from './given-factors.ts'

export const makeDevice = (presented: readonly string[] = []): DeviceDraft & { readonly id: DeviceId } => {
  const id = makeId('dev')
  return { id, presented, fresh: { id, digest: makeText('device'), name: 'Firefox on Linux' } }
}

/** A device on which the account was signed in; answers its id and what it is found by. */
export async function givenDevice(
  bench: Bench,
  account: Account,
  atMs: number = NOW,
): Promise<{ id: DeviceId; digest: string }> {
  const { id, presented, fresh } = makeDevice()
  await signInOn(bench, account, { presented, fresh }, atMs)
  return { id, digest: fresh?.digest ?? '' }
}

export async function signInOn(
  { store }: Bench,
  account: Account,
  device: DeviceDraft | undefined,
  atMs: number = NOW,
): Promise<DeviceId | null> {
  const { position } = await store.readHead()
  const session = makeSession(account, { issuedPosition: position, createdAtMs: atMs })
  const draft = makeDraft(session)
  const opened = await store.openSession(device === undefined ? draft : { ...draft, device })
  if (opened.kind !== 'opened') throw new Error(opened.kind)
  return opened.device
}

type TryInput = Parameters<Store['takeSignInTry']>[0]

export const takeSignInTry = (
  { store }: Bench,
  subject: string,
  over: Partial<TryInput> = {},
): ReturnType<Store['takeSignInTry']> =>
  store.takeSignInTry({ subject, device: null, nowMs: NOW, rules: PASSWORD_WAITS, ...over })

/** Fails as often as asked, each time when the wait is over; answers when the last one was. */
export async function failTimes(
  bench: Bench,
  subject: string,
  count: number,
  over: Partial<TryInput> = {},
): Promise<number> {
  let nowMs = over.nowMs ?? NOW
  for (let index = 0; index < count; index += 1) {
    nowMs += PASSWORD_WAITS.waitMaxMs
    const taken = await takeSignInTry(bench, subject, { ...over, nowMs })
    if (taken.kind !== 'taken') throw new Error(taken.kind)
  }
  return nowMs
}
