/** Reading accounts, service accounts and roles, and what a principal may do now. */
import type { Account, PageRequest, PrincipalView, Role, ServiceAccount } from '@countersign/core'
import {
  type AccountId,
  ADMINISTRATOR,
  isAccountId,
  isRoleId,
  isServiceAccountId,
  type PrincipalId,
  type RoleId,
  type ServiceAccountId,
} from '@countersign/protocol'
import { integerOrNull, likePattern, narrowed, text, textOrNull } from '../columns.ts'
import type { AnswerOf } from '../port.ts'
import { toAccount, toPrincipalView, toRole, toServiceAccount } from '../rows.ts'
import { all, LISTED_AT_ONCE, one, type Row, type Script } from '../script.ts'
import * as accounts from '../statements/accounts.ts'
import * as roles from '../statements/roles.ts'
import * as services from '../statements/service-accounts.ts'
import { readRoles } from '../steps/roles.ts'
import { readWays } from './factors.ts'
import { readHeadAndIssuer } from './log.ts'
import { pageStart } from './page.ts'

/** Null where there is none; one that has ended is there still, disabled for good. */
export function* readPrincipal(id: PrincipalId, issuerRevokedBefore: number): Script<PrincipalView | null> {
  const statement = isAccountId(id) ? roles.selectAccountRights : roles.selectServiceAccountRights
  return toPrincipalView(yield* all(statement, id), issuerRevokedBefore)
}

type WithRoles<T> = T & { readonly roles: readonly RoleId[] }

export function* readAccount(id: AccountId): Script<WithRoles<Account> | null> {
  const row = yield* one(accounts.selectAccount, id)
  return row === null ? null : { ...toAccount(row), roles: yield* readRoles(id) }
}

export function* readAccountByEmail(email: string): Script<AnswerOf<'readAccountByEmail'>> {
  const { head } = yield* readHeadAndIssuer()
  const row = yield* one(accounts.selectAccountByEmail, email)
  const account = row === null ? null : toAccount(row)
  // Asked for nobody as well: the number of statements must not tell which addresses are known.
  const roles = yield* readRoles(account?.id ?? '')
  const ways = yield* readWays(account?.id ?? '')
  return {
    head,
    account,
    passwordHash: row === null ? null : textOrNull(row, 'password_hash'),
    passwordCheckedAtMs: row === null ? null : integerOrNull(row, 'password_checked_at'),
    roles,
    ways,
  }
}

export function* listEnabledAdministrators(max: number): Script<AnswerOf<'listEnabledAdministrators'>> {
  const rows = yield* all(accounts.listEnabledAdministrators, ADMINISTRATOR, max)
  return rows.map((row) => narrowed(row, 'id', isAccountId))
}

export function* listAccounts(
  page: PageRequest & { readonly email: string | null; readonly search?: string | null },
): Script<AnswerOf<'listAccounts'>> {
  const start = pageStart(page)
  if (page.email !== null) {
    const row = yield* one(accounts.listAccountsByEmail, start, page.limit, page.email)
    if (row === null) return []
    const account = toAccount(row)
    return [{ ...account, roles: yield* readRoles(account.id) }]
  }
  if (typeof page.search === 'string') return yield* searchAccounts(page, page.search)
  const found = (yield* all(accounts.listAccounts, start, page.limit)).map(toAccount)
  return withRoles(found, yield* all(roles.listRolesOfAccounts, start, page.limit))
}

/** The roles are read one by one: a search is for few, and its page is short. */
function* searchAccounts(page: PageRequest, search: string): Script<AnswerOf<'listAccounts'>> {
  const pattern = likePattern(search)
  const found = (yield* all(accounts.searchAccounts, pageStart(page), page.limit, pattern)).map(toAccount)
  const people: WithRoles<Account>[] = []
  for (const account of found) people.push({ ...account, roles: yield* readRoles(account.id) })
  return people
}

/** A chunk that is not full asks for nobody in its last places: a statement has as many values as it has placeholders. */
export function* readPrincipalNames(ids: readonly PrincipalId[]): Script<AnswerOf<'readPrincipalNames'>> {
  const found: { id: PrincipalId; name: string }[] = []
  for (const [statement, isIt] of [
    [accounts.listAccountNames, isAccountId],
    [services.listServiceAccountNames, isServiceAccountId],
  ] as const) {
    const wanted = ids.filter((id) => isIt(id))
    for (let start = 0; start < wanted.length; start += LISTED_AT_ONCE) {
      const chunk = Array.from({ length: LISTED_AT_ONCE }, (_, index) => wanted[start + index] ?? '')
      const rows = yield* all(statement, ...chunk)
      found.push(...rows.map((row) => ({ id: narrowed(row, 'id', isIt), name: text(row, 'name') })))
    }
  }
  return found
}

function withRoles<T extends { readonly id: PrincipalId }>(
  found: readonly T[],
  rows: readonly Row[],
): readonly WithRoles<T>[] {
  const held = Map.groupBy(rows, (row) => text(row, 'principal_id'))
  return found.map((one) => ({
    ...one,
    roles: (held.get(one.id) ?? []).map((row) => narrowed(row, 'role_id', isRoleId)),
  }))
}

export function* readServiceAccount(id: ServiceAccountId): Script<WithRoles<ServiceAccount> | null> {
  const row = yield* one(services.selectServiceAccount, id)
  return row === null ? null : { ...toServiceAccount(row), roles: yield* readRoles(id) }
}

export function* listServiceAccounts(page: PageRequest): Script<AnswerOf<'listServiceAccounts'>> {
  const start = pageStart(page)
  const found = (yield* all(services.listServiceAccounts, start, page.limit)).map(toServiceAccount)
  return withRoles(found, yield* all(roles.listRolesOfServiceAccounts, start, page.limit))
}

export function* listRoles(): Script<readonly Role[]> {
  return (yield* all(roles.listRoles)).map(toRole)
}
