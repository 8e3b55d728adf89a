/** Writing roles. A change reaches every token made under them by a rule for the role. */
import type { AuditEvent, EntryDraft, Role } from '@countersign/core'
import { ADMINISTRATOR } from '@countersign/protocol'
import { integer } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { toRole } from '../rows.ts'
import { one, run, type Script } from '../script.ts'
import * as sql from '../statements/roles.ts'
import { writeAudit } from '../steps/audit.ts'
import { appendEntry } from '../steps/log.ts'
import { holdAdministrators } from '../steps/roles.ts'

export function* createRole(input: { role: Role; audit: AuditEvent }): Script<AnswerOf<'createRole'>> {
  const { id, description, permissions, builtIn, createdAtMs } = input.role
  const builtInSince = builtIn ? createdAtMs : null
  const inserted = yield* one(
    sql.insertRole,
    id,
    description,
    JSON.stringify(permissions),
    builtInSince,
    createdAtMs,
  )
  if (inserted === null) return 'exists'
  yield* writeAudit(input.audit)
  return 'created'
}

export function* changeRole(input: InputOf<'changeRole'>): Script<AnswerOf<'changeRole'>> {
  const row = yield* one(sql.lockRole, input.id)
  if (row === null) return 'not_found'
  const role = toRole(row)
  // What members may do is the application's affair; what administrators may do is everything.
  if (role.id === ADMINISTRATOR) return 'built_in'
  const description = input.description === undefined ? role.description : input.description
  const permissions = JSON.stringify(input.permissions ?? role.permissions)
  yield* run(sql.changeRole, input.id, description, permissions)
  yield* writeAudit(input.audit)
  // No verdict shows a description, so that changing it alone need not reach anybody.
  if (permissions !== JSON.stringify(role.permissions)) yield* appendEntry(toRule(input))
  return 'changed'
}

const toRule = (input: { id: string; nowMs: number; entryExpiresAtMs: number }): EntryDraft => ({
  node: { kind: 'role', id: input.id },
  effect: 'rule',
  atMs: input.nowMs,
  expiresAtMs: input.entryExpiresAtMs,
})

export function* endRole(input: InputOf<'endRole'>): Script<AnswerOf<'endRole'>> {
  yield* holdAdministrators()
  const row = yield* one(sql.lockRole, input.id)
  if (row === null) return 'not_found'
  if (toRole(row).builtIn) return 'built_in'
  const revokedBefore = integer(row, 'revoked_before')
  yield* run(sql.raiseAccountsOfRole, input.id, revokedBefore)
  yield* run(sql.raiseServiceAccountsOfRole, input.id, revokedBefore)
  yield* run(sql.deleteHoldersOfRole, input.id)
  yield* run(sql.deleteRole, input.id)
  yield* writeAudit(input.audit)
  yield* appendEntry(toRule(input))
  return 'ended'
}
