/** What principals are called, for whoever has met their ids where no name stands. */
import { isAccountId, permissions as own, type PrincipalId } from '@countersign/protocol'
import { type Caller, may } from '../caller.ts'
import type { Context } from '../context.ts'
import { type Outcome, refuse } from '../outcome.ts'

export interface PrincipalNames {
  readonly names: readonly { readonly id: PrincipalId; readonly name: string }[]
}

/**
 * Of accounts to those who may read accounts, of service accounts to those who may read those; the ids of others, of
 * nobody and of those that have ended are left out alike.
 */
export async function readPrincipalNames(
  { store }: Context,
  caller: Caller,
  ids: readonly PrincipalId[],
): Promise<Outcome<PrincipalNames>> {
  const people = may(caller, own.accountsRead)
  const programs = may(caller, own.serviceAccountsRead)
  if (!people && !programs) return refuse('permission_denied')
  const wanted = new Set(ids.filter((id) => (isAccountId(id) ? people : programs)))
  return { ok: true, names: wanted.size === 0 ? [] : await store.readPrincipalNames([...wanted]) }
}
