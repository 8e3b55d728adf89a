/** Second factors and tickets that tests begin with, and writes of them with defaults that succeed. */
import type { Account, Factor, Proof, Session, SessionDraft, Store, Ticket } from '@countersign/core'
import type { FactorId } from '@countersign/protocol'
import type { Bench } from './bench.ts'
import { change, ENTRY_EXPIRES, MINUTE, makeEvent, makeId, makeSession, makeText, NOW } from './given.ts'

export const HASHES: readonly string[] = Array.from({ length: 10 }, (_, number) => `hash ${number}`)
export const TRIES = 5
export const FAILURES = 100

export const makeFactor = (account: Account, over: Partial<Factor> = {}): Factor => ({
  id: makeId('fac'),
  accountId: account.id,
  kind: 'totp',
  name: 'A phone',
  createdAtMs: NOW,
  lastUsedAtMs: null,
  ...over,
})

type OfferInput = Parameters<Store['offerFactor']>[0]

export function offer(
  { store }: Bench,
  factor: Factor,
  over: Partial<OfferInput> = {},
): ReturnType<Store['offerFactor']> {
  return store.offerFactor({
    factor,
    sealedSeed: `sealed ${factor.id}`,
    offeredUntilMs: NOW + 10 * MINUTE,
    factorsMax: 10,
    ticketDigest: null,
    nowMs: NOW,
    audit: makeEvent(),
    ...over,
  })
}

export function confirm(
  { store }: Bench,
  factor: Factor,
  over: Partial<Parameters<Store['confirmFactor']>[0]> = {},
): ReturnType<Store['confirmFactor']> {
  const { id, accountId } = factor
  const input = { account: accountId, id, step: 1, recoveryHashes: HASHES, nowMs: NOW, audit: makeEvent() }
  return store.confirmFactor({ ...input, ...over })
}

/** A confirmed factor, whose steps up to 1 are spent. */
export async function givenFactor(bench: Bench, account: Account): Promise<Factor> {
  const factor = makeFactor(account)
  const offered = await offer(bench, factor)
  if (offered !== 'offered') throw new Error(offered)
  const confirmed = await confirm(bench, factor)
  if (confirmed.kind !== 'confirmed') throw new Error(confirmed.kind)
  return confirmed.factor
}

export const makeTicket = (account: Account, over: Partial<Ticket> = {}): Ticket => ({
  purpose: 'sign_in',
  accountId: account.id,
  sessionId: null,
  amr: ['pwd'],
  delivery: 'session_token',
  refresh: 'body',
  issuedPosition: 0,
  factorId: null,
  level: null,
  createdAtMs: NOW,
  expiresAtMs: NOW + 10 * MINUTE,
  ...over,
})

/** A ticket at the log's head; answers its digest. */
export async function givenTicket(
  { store }: Bench,
  account: Account,
  over: Partial<Ticket> = {},
): Promise<string> {
  const { position } = await store.readHead()
  const digest = makeText('ticket')
  const ticket = makeTicket(account, { issuedPosition: position, ...over })
  await store.openTicket({ digest, ticket, audit: makeEvent() })
  return digest
}

export function takeTry(
  { store }: Bench,
  digest: string,
  over: Partial<Parameters<Store['takeTry']>[0]> = {},
): ReturnType<Store['takeTry']> {
  return store.takeTry({
    digests: ['another pepper', digest],
    session: null,
    way: 'totp',
    recoveryNumber: null,
    triesMax: TRIES,
    failuresMax: FAILURES,
    nowMs: NOW,
    ...over,
  })
}

export const makeDraft = (session: Session): SessionDraft => ({
  session,
  digest: `digest of ${session.id}`,
  grant: null,
  sessionsMax: 100,
  entryExpiresAtMs: ENTRY_EXPIRES,
  audit: makeEvent(),
})

/** Signs in at the log's head, as the last step does. */
export async function complete(
  { store }: Bench,
  account: Account,
  ticketDigest: string,
  proof: Proof,
  over: Partial<SessionDraft> = {},
): ReturnType<Store['completeSignIn']> {
  const { position } = await store.readHead()
  const session = makeSession(account, { issuedPosition: position, amr: ['pwd', 'otp', 'mfa'] })
  return store.completeSignIn({ ...makeDraft(session), ticketDigest, proof, enrolment: null, ...over })
}

export function raise(
  { store }: Bench,
  session: Session,
  ticketDigest: string,
  proof: Proof,
): ReturnType<Store['completeStepUp']> {
  return store.completeStepUp({
    ticketDigest,
    proof,
    session: session.id,
    account: session.accountId,
    digest: 'a new digest',
    amr: ['pwd', 'otp', 'mfa'],
    acr: 'urn:countersign:acr:aal2',
    ...change(),
    nowMs: NOW + 1,
  })
}

export const byTotp = (factor: { readonly id: FactorId }, step: number): Proof => ({
  kind: 'totp',
  id: factor.id,
  step,
})

export const byCode = (number: number): Proof => ({
  kind: 'recovery_code',
  number,
  hash: HASHES[number] ?? '',
})

export function remove(
  { store }: Bench,
  factor: Factor,
  over: Partial<Parameters<Store['removeFactor']>[0]> = {},
): ReturnType<Store['removeFactor']> {
  const { id, accountId: account } = factor
  const keep = { mustKeepOne: false, mustKeepOneRoles: [], mustKeepDevice: false, mustKeepDeviceRoles: [] }
  return store.removeFactor({ account, id, ...keep, audit: makeEvent(), ...over })
}
