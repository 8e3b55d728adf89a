/** Writing programs: create, change, disable, end. */
import type { EntryDraft } from '@countersign/core'
import type { ServiceAccountId } from '@countersign/protocol'
import { integer } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { toServiceAccount } from '../rows.ts'
import { one, Rollback, run, type Script } from '../script.ts'
import { deleteRolesOfPrincipal } from '../statements/roles.ts'
import * as sql from '../statements/service-accounts.ts'
import { insertServiceAccount } from '../steps/accounts.ts'
import { writeAudit } from '../steps/audit.ts'
import { appendEntry, appendWith } from '../steps/log.ts'
import { giveRoles, holdAdministrators, planRoles, writeRoles } from '../steps/roles.ts'

export function* createServiceAccount(
  input: InputOf<'createServiceAccount'>,
): Script<AnswerOf<'createServiceAccount'>> {
  if (!(yield* giveRoles(input.account.id, input.roles))) throw new Rollback('unknown_role')
  yield* insertServiceAccount(input.account)
  yield* writeAudit(input.audit)
  return 'created'
}

export function* changeServiceAccount(
  input: InputOf<'changeServiceAccount'>,
): Script<AnswerOf<'changeServiceAccount'>> {
  const { id, disabledAtMs } = input
  if (input.roles !== undefined) yield* holdAdministrators()
  const roles = yield* planRoles(id, input.roles)
  const row = yield* one(sql.lockServiceAccount, id)
  if (row === null) return 'not_found'
  if (roles === null) return 'unknown_role'
  const account = toServiceAccount(row)
  const name = input.name ?? account.name
  const audiences = JSON.stringify(input.audiences ?? account.audiences)
  const isDisabling = typeof disabledAtMs === 'number'
  const isVerdictNew =
    name !== account.name ||
    audiences !== JSON.stringify(account.audiences) ||
    roles.added.length + roles.removed.length > 0 ||
    isDisabling ||
    (disabledAtMs === null && account.disabledAtMs !== null)
  yield* writeAudit(input.audit)
  if (!isVerdictNew) return 'changed'
  yield* writeRoles(id, roles)
  const disabled = disabledAtMs === undefined ? account.disabledAtMs : disabledAtMs
  const revokedBefore = Math.max(integer(row, 'revoked_before'), roles.revokedBefore)
  const entry = toRule(input)
  if (isDisabling) {
    yield* appendWith(entry, (position) =>
      run(sql.changeServiceAccount, id, name, audiences, disabled, position),
    )
  } else {
    yield* run(sql.changeServiceAccount, id, name, audiences, disabled, revokedBefore)
    yield* appendEntry(entry)
  }
  return 'changed'
}

const toRule = (input: { id: ServiceAccountId; nowMs: number; entryExpiresAtMs: number }): EntryDraft => ({
  node: { kind: 'service_account', id: input.id },
  effect: 'rule',
  atMs: input.nowMs,
  expiresAtMs: input.entryExpiresAtMs,
})

export function* endServiceAccount(
  input: InputOf<'endServiceAccount'>,
): Script<AnswerOf<'endServiceAccount'>> {
  yield* holdAdministrators()
  if ((yield* one(sql.lockServiceAccount, input.id)) === null) return 'not_found'
  yield* run(deleteRolesOfPrincipal, input.id)
  yield* writeAudit(input.audit)
  yield* appendWith(toRule(input), (position) => run(sql.endServiceAccount, input.id, input.nowMs, position))
  return 'ended'
}
