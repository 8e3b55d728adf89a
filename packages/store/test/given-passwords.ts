/** Changes of passwords with defaults that succeed, and looks at what an account's row says about its own. */
import type { Account, Session, Store, Ticket } from '@countersign/core'
import type { Bench } from './bench.ts'
import { change, makeSession } from './given.ts'
import { givenTicket, makeDraft, makeTicket } from './given-factors.ts'

/** What `givenAccount` writes. */
export const HASH = 'hash'

type Change = Parameters<Store['changePassword']>[0]

export function changePassword(
  { store }: Bench,
  account: Account,
  over: Partial<Change> = {},
): ReturnType<Store['changePassword']> {
  return store.changePassword({
    account: account.id,
    from: HASH,
    to: 'another hash',
    checkedAtMs: null,
    renewed: null,
    keepOthers: false,
    ...change(),
    ...over,
  })
}

/** A ticket for another password at the log's head. */
export async function givenPasswordTicket(
  bench: Bench,
  account: Account,
  over: Partial<Ticket> = {},
): Promise<{ digest: string; ticket: Ticket }> {
  const { position } = await bench.store.readHead()
  const ticket = makeTicket(account, { purpose: 'password', issuedPosition: position, ...over })
  return { digest: await givenTicket(bench, account, ticket), ticket }
}

/** Spends it for a session. */
export function completeChange(
  { store }: Bench,
  account: Account,
  { digest, ticket }: { digest: string; ticket: Ticket },
  over: Partial<Parameters<Store['completePasswordChange']>[0]> = {},
): ReturnType<Store['completePasswordChange']> {
  const { issuedPosition, amr } = ticket
  return store.completePasswordChange({
    account: account.id,
    from: HASH,
    to: 'another hash',
    checkedAtMs: null,
    ticketDigest: digest,
    ticket,
    next: { kind: 'session', draft: makeDraft(makeSession(account, { issuedPosition, amr })) },
    ...change(),
    ...over,
  })
}

export function requireChange(
  { store }: Bench,
  account: Account,
  keepSessions = false,
): ReturnType<Store['requirePasswordChange']> {
  return store.requirePasswordChange({ account: account.id, keepSessions, ...change() })
}

/** As a sign-in does that read the account when the log stood at `position`. */
export function openAt(
  { store }: Bench,
  account: Account,
  position: number,
  amr: readonly string[] = ['pwd'],
): ReturnType<Store['openSession']> {
  const session: Session = makeSession(account, { issuedPosition: position, amr })
  return store.openSession(makeDraft(session))
}

export interface PasswordRow {
  readonly hash: string | null
  readonly checkedAt: number | null
  readonly breachedAt: number | null
  readonly requiredAt: number | null
}

export async function passwordOf({ rows }: Bench, account: Account): Promise<PasswordRow> {
  const [row] = await rows(
    `select password_hash, password_checked_at, password_breached_at, password_change_required_at
      from accounts where id = $1`,
    account.id,
  )
  const number = (column: string): number | null =>
    row?.[column] === null || row?.[column] === undefined ? null : Number(row[column])
  return {
    hash: row?.password_hash === null ? null : String(row?.password_hash),
    checkedAt: number('password_checked_at'),
    breachedAt: number('password_breached_at'),
    requiredAt: number('password_change_required_at'),
  }
}
